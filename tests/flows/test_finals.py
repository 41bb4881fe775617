"""A film cut from drafts becomes the film: finals are made, accepted, swapped in, and undone."""

import pytest
from playwright.sync_api import Page, expect

from generations.models import Asset, Generation, State
from studio.editing.cut import Clip, Cut
from studio.models import Final, Sequence
from tests.factories import bring
from tests.flows.test_looks import violations
from tests.flows.test_making import look
from tests.flows.widths import width_of
from tests.studio.finals.steps import approve, draft, follow

WIDE, PHONE = {"width": 1440, "height": 960}, {"width": 390, "height": 844}


@pytest.fixture
def drafts(project) -> list[Generation]:
    first = draft(project, words="Dunes at dawn, the camera pushes in")
    second = draft(project, words="A caravan crosses a dry lake", extends=first)
    third = draft(project, words="A tent in the wind, lit from within", approved=False)
    large = draft(project, words="The town at night", model="ray-2", resolution="1080p")
    return [first, second, third, large]


@pytest.fixture
def sequence(project, artist, drafts) -> Sequence:
    clips = [Clip(key, made.uuid) for key, made in zip("abcd", drafts, strict=True)]
    return Sequence.begin(project, artist, "Rough cut", Cut((*clips, Clip("e", drafts[0].uuid))))


def takes_of(sequence: Sequence) -> list[int | None]:
    """Return the numbers of the takes that the clips of a sequence show."""
    uuids = [clip.take for clip in Sequence.objects.get(pk=sequence.pk).cut.clips]
    numbers = dict(Generation.objects.values_list("uuid", "take_number"))
    return [numbers[uuid] for uuid in uuids if uuid]


def seen(page: Page, name: str) -> None:
    """Hold a page against the rules on a desk and on a phone, and keep a picture of each."""
    for size, suffix in ((WIDE, ""), (PHONE, "-phone")):
        page.set_viewport_size(size)
        assert violations(page) == []
        assert width_of(page) <= size["width"]
        look(page, f"{name}{suffix}")
    page.set_viewport_size(WIDE)


def come_by_home(page: Page, words: str) -> None:
    """Go to Home, and from there to the finals of which it says so."""
    page.get_by_role("link", name="Home", exact=True).click()
    waits = page.get_by_role("region", name="Waiting for you")
    expect(waits.get_by_role("link", name=words)).to_be_visible()
    seen(page, "finals-home")
    waits.get_by_role("link", name=words).click()


def test_drafts_become_finals_that_are_accepted_swapped_in_and_undone(
    studio, live_server, sequence, drafts
):
    page: Page = studio
    page.goto(f"{live_server.url}/sequences/{sequence.uuid}/")
    page.locator("summary.button", has_text="Rough cut").click()
    page.get_by_role("link", name="Make finals…").click()
    make = page.locator("#make-finals")
    expect(make).to_have_text("Make 2 finals, $3.19")
    expect(page.get_by_text("A final differs from its draft")).to_be_visible()
    page.get_by_text("2 are left out").click()
    expect(page.get_by_text("It isn't approved.")).to_be_visible()
    expect(page.get_by_text("It is 1080p already.")).to_be_visible()
    seen(page, "finals-new")

    # What is chosen shows at once what it costs.
    page.get_by_label("Also those that nobody approved (1)").check()
    expect(make).to_have_text("Make 3 finals, $4.78")
    page.get_by_label("Make the final of take 3").uncheck()
    expect(make).to_have_text("Make 2 finals, $3.19")
    page.get_by_label("Size").select_option("720p")
    expect(make).to_have_text("Make 2 finals, $1.42")
    make.click()

    expect(page).to_have_url(f"{live_server.url}/projects/desert-light/finals/")
    expect(page.get_by_text("In line")).to_be_visible()
    expect(page.get_by_text("Take 5, the final of take 1, which it goes on from")).to_be_visible()
    seen(page, "finals-made")

    # It comes out, and nobody accepted it: the cut shows the draft.
    first = Final.objects.get(draft=drafts[0])
    bring(first.take, State.COMPLETED)
    Asset.objects.filter(generation=first.take, kind="video").update(duration_s=1.5)
    use = page.get_by_role("button", name="Use it (take 5)")
    expect(use).to_be_visible()
    assert takes_of(sequence) == [1, 2, 3, 4, 1]
    seen(page, "finals-here")
    come_by_home(page, "1 final to accept in Desert Light")
    use.click()
    expect(page.get_by_text("In 2 clips of “Rough cut”.")).to_be_visible()
    expect(page.get_by_text("stands in 2 clips of “Rough cut” now.")).to_be_visible()
    assert takes_of(sequence) == [5, 2, 3, 4, 5]
    expect(page.get_by_role("link", name="Take 5", exact=True)).to_be_focused()
    seen(page, "finals-used")

    # What waited for it is made by now, and goes on from the final.
    second = Final.objects.get(draft=drafts[1])
    assert second.take.keyframes.get(position="start").source == first.take

    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_text("Taken out of “Rough cut” again")).to_be_visible()
    assert takes_of(sequence) == [1, 2, 3, 4, 1]
    page.get_by_role("button", name="Put it into Rough cut (take 5)").click()
    expect(page.get_by_text("In 2 clips of “Rough cut”.")).to_be_visible()
    assert takes_of(sequence) == [5, 2, 3, 4, 5]
    page.goto(f"{live_server.url}/sequences/{sequence.uuid}/")
    page.get_by_role("button", name="Undo: put take 5, the final of take 1, into 2 clips").click()
    expect(page.locator("[data-clip]").first).to_contain_text("take 1")
    assert takes_of(sequence) == [1, 2, 3, 4, 1]


def test_what_a_reviewer_approves_is_swapped_in_while_the_page_is_open(
    studio, live_server, sequence, drafts, project, client
):
    page: Page = studio
    page.goto(f"{live_server.url}/projects/{project.slug}/finals/new/?sequence={sequence.uuid}")
    page.locator("#make-finals").click()
    final = Final.objects.get(draft=drafts[0])
    bring(final.take, State.COMPLETED)
    page.get_by_role("button", name="Send to review (take 5)").click()
    expect(page.get_by_text("Waits for review")).to_be_visible()
    reviewer = approve(final.take)
    follow()
    expect(page.get_by_text(f"Accepted by {reviewer}")).to_be_visible()
    expect(page.get_by_text("In 2 clips of “Rough cut”.")).to_be_visible()
    assert takes_of(sequence) == [5, 2, 3, 4, 5]
