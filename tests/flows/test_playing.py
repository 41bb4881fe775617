"""A sequence plays through what is black, still dreaming or has failed, and is dragged by touch."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from generations.models import State
from studio.editing.cut import Clip, Cut, Into, Join
from studio.models import Sequence
from tests.factories import take
from tests.flows.held import Held
from tests.flows.test_looks import PHONE, SMALL_PHONE, violations
from tests.flows.widths import width_of

# Plays from the beginning, and tells each change of what is seen.
SEEN = """() => new Promise((done) => {
  const stage = document.querySelector("[data-stage]");
  const part = (name) => stage.querySelector(`[data-${name}]`);
  const seen = [];
  const decks = [...stage.querySelectorAll("[data-deck]")];
  const over = () => Number(decks.find(({ style }) => style.zIndex === "2")?.style.opacity ?? 0);
  const look = () => {
    const words = part("slate-shown").hidden ? "" : part("slate-words").textContent;
    const [seconds, frames] = part("time-now").textContent.split(":").slice(2).map(Number);
    const black = Number(part("black").style.opacity);
    seen.push({ at: seconds * 24 + frames, black, over: over(), words });
    if (stage.matches("[data-moving]")) requestAnimationFrame(look);
    else done(seen);
  };
  part("do=toggle").click();
  requestAnimationFrame(look);
})"""


@pytest.fixture
def opened(studio: Page, live_server, project, artist):
    """Opens the timeline of a new sequence of these clips."""

    def open_(*clips: Clip, page: Page = studio) -> Page:
        made = Sequence.begin(project, artist, "Rough cut", Cut(clips))
        page.goto(live_server.url + reverse("sequence", args=[made.uuid]))
        page.locator("[data-tracks][data-ready]").wait_for()
        page.wait_for_function("document.querySelector('[data-stage] video').readyState > 1")
        return page

    return open_


@pytest.fixture
def takes(project, artist):
    return [take(project, State.COMPLETED, author=artist) for _ in range(3)]


def cut_of(project) -> Cut:
    return Sequence.objects.get(project=project).cut


def test_it_plays_through_a_dip_to_black_and_a_crossfade(opened, takes):
    a, b, c = (made.uuid for made in takes)
    page = opened(
        Clip("a", a, 0, 36, Into(Join.BLACK, 24)),
        Clip("b", b, 0, 36, Into(Join.CROSSFADE, 12)),
        Clip("c", c, 0, 36),
    )
    seen = page.evaluate(SEEN)
    black = {each["at"]: each["black"] for each in seen}
    assert all(share == 0 for at, share in black.items() if at < 24 or at >= 48)
    assert max(black.values()) >= 0.9
    down = [share for at, share in sorted(black.items()) if 24 <= at < 36]
    up = [share for at, share in sorted(black.items()) if 36 <= at < 48]
    assert down == sorted(down)
    assert up == sorted(up, reverse=True)
    assert min(len(down), len(up)) >= 3
    over = {each["at"]: each["over"] for each in seen}
    crossing = [share for at, share in sorted(over.items()) if 60 <= at < 72]
    assert all(share == 0 for at, share in over.items() if at < 60 or at >= 72)
    assert crossing == sorted(crossing)
    assert len(crossing) >= 3
    assert max(crossing) > 0.5
    assert seen[-1]["at"] == 95
    # The same frames are as black when they are only looked at.
    slider = page.get_by_role("slider", name="Position in the sequence")
    for at, share in ((23, 0), (35, 1), (36, 1), (48, 0)):
        slider.fill(str(at))
        dipped = page.locator("[data-black]").evaluate("black => Number(black.style.opacity)")
        assert abs(dipped - share) < 0.01, at


def test_it_plays_through_slates_of_what_is_not_here(opened, project, artist, takes):
    dreaming, failed = (take(project, it, author=artist) for it in (State.DREAMING, State.FAILED))
    page = opened(
        Clip("a", takes[0].uuid, 0, 12),
        Clip("b", dreaming.uuid, 0, 12),
        Clip("c", failed.uuid, 0, 12),
        Clip("d", takes[1].uuid, 0, 12),
    )
    seen = page.evaluate(SEEN)
    words = list(dict.fromkeys(each["words"] for each in seen if each["words"]))
    assert len(words) == 2
    assert words[0].startswith("Take 4: dreaming")
    assert words[1].startswith("Take 5: ")
    spans = {it: [each["at"] for each in seen if each["words"] == it] for it in words}
    assert min(spans[words[0]]) == 12
    assert max(spans[words[1]]) == 35
    assert all(not each["words"] for each in seen if each["at"] < 12 or each["at"] >= 36)
    assert seen[-1]["at"] == 47


def test_a_refresh_that_comes_while_a_clip_is_dragged_waits(opened, project, artist, takes):
    page = opened(*(Clip(f"k{n}", made.uuid) for n, made in enumerate(takes)))
    clips = page.locator("[data-clip]")
    live = "htmx.trigger(document.querySelector('[data-live]'), 'live')"
    held = Held(page, "**/live/**")
    takes[1].discard(takes[1].created_at, artist)
    page.evaluate(live)
    held.wait()
    box, last = clips.first.bounding_box(), clips.last.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"], box["y"] + 22, steps=4)
    expect(page.locator("[data-lifted]")).to_have_count(1)
    with page.expect_response("**/live/**"):
        held.let_go()  # an answer from before the drag
    page.evaluate(live)  # and a question during it
    page.mouse.move(last["x"] + last["width"] * 0.9, last["y"] + 20, steps=4)
    expect(page.locator("[data-lifted]")).to_have_count(1)
    expect(page.locator("[data-insert]")).to_be_visible()
    expect(page.locator(".clip--trash")).to_have_count(0)
    page.evaluate("new Promise(requestAnimationFrame)")
    page.mouse.up()
    expect(page.locator("#version")).to_have_value("2")
    expect(page.locator("[data-lifted]")).to_have_count(0)
    expect(page.locator(".clip--trash")).to_have_count(1)
    assert [clip.key for clip in cut_of(project).clips] == ["k1", "k2", "k0"]


@pytest.fixture
def touched(browser, artist, enter):
    """A page of the artist's on a phone."""
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    enter(context, artist)
    yield context.new_page()
    context.close()


def test_a_finger_scrolls_the_lanes_and_drags_the_clip_that_is_chosen(
    opened, touched, project, takes
):
    page = opened(*(Clip(f"k{n}", made.uuid) for n, made in enumerate(takes)), page=touched)
    clips = page.locator("[data-clip]")
    clips.first.scroll_into_view_if_needed()
    box, last = clips.first.bounding_box(), clips.last.bounding_box()
    start = (box["x"] + box["width"] / 2, box["y"] + 20)
    end = (last["x"] + last["width"] * 0.8, last["y"] + 20)
    swipe(page, start, end)
    expect(page.locator("[data-lifted]")).to_have_count(0)
    assert [clip.key for clip in cut_of(project).clips] == ["k0", "k1", "k2"]
    clips.first.locator(".clip__open").tap()
    expect(page.get_by_role("heading", name="Clip 1, take 1")).to_be_visible()
    swipe(page, start, end)
    expect(page.locator("#version")).to_have_value("2")
    assert [clip.key for clip in cut_of(project).clips] == ["k1", "k2", "k0"]


def swipe(page: Page, start, end) -> None:
    """Move a finger over the page, as the screen of a phone tells it."""
    session = page.context.new_cdp_session(page)

    def tell(kind: str, *at: float) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        page.evaluate("new Promise(requestAnimationFrame)")

    tell("touchStart", *start)
    for step in range(1, 9):
        tell("touchMove", *(a + (b - a) * step / 8 for a, b in zip(start, end, strict=True)))
    tell("touchEnd")


def test_named_cuts_and_deleting_a_sequence_break_no_rule_and_fit(
    studio, live_server, project, artist, takes
):
    a, b, c = (made.uuid for made in takes)
    clips = (Clip("a", a), Clip("b", b))
    sequence = Sequence.begin(project, artist, "Rough cut", Cut(clips))
    sequence.name_cut(1, artist, "v1")
    changed = Cut((Clip("a", a, 6), Clip("c", c, words="")))
    sequence.change(1, artist, "Swapped clip 2", lambda _: changed)
    cuts = reverse("cuts", args=[sequence.uuid])
    named = sequence.names.get()
    page = studio
    for address in (
        cuts,
        f"{cuts}?before={named.pk}&after=now",
        reverse("discard_sequence", args=[sequence.uuid]),
    ):
        page.goto(live_server.url + address)
        for size in (SMALL_PHONE, PHONE, {"width": 1440, "height": 960}):
            page.set_viewport_size(size)
            assert violations(page) == [], address
            width = width_of(page)
            assert width == size["width"], (address, size)
