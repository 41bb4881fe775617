"""What waits to be made from another take, changed on the page of its verb."""

import pytest
from django.urls import reverse

from generations.kinds import Kind
from generations.models import Account, Generation, State
from generations.placement import Placement
from tests.factories import AccountFactory, take, version

HTMX = {"HX-Request": "true"}


@pytest.fixture
def made(project, artist) -> Generation:
    return take(project, State.COMPLETED, author=artist)


def verb(name, generation):
    return reverse(name, args=[generation.uuid])


CHANGES = [
    (Kind.UPSCALE, {"resolution": "1080p"}, {"resolution": "4k"}, "upscale"),
    (Kind.AUDIO, {"words": "Waves"}, {"words": "Gulls, far off"}, "sound"),
    (Kind.MODIFY_VIDEO, {"mode": "adhere_1"}, {"mode": "flex_2", "words": "In ink"}, "modify"),
    (
        Kind.REFRAME_VIDEO,
        {"ratio": "1:1", "placement": Placement(90, 270, 240, 341)},
        {"ratio": "9:16", "column": 1, "row": 1, "percent": 100},
        "reframe",
    ),
]


@pytest.mark.parametrize(("kind", "asked", "changes", "page"), CHANGES)
def test_what_waits_to_be_made_from_a_take_is_changed_on_its_page(
    client, made, kind, asked, changes, page
):
    waiting = version(made, kind, State.WAITING, **asked)
    at = client.get(verb("edit", waiting))
    assert at.status_code == 302
    assert at.url.startswith(verb(page, made))
    assert client.get(verb("edit", waiting), headers=HTMX)["HX-Redirect"] == at.url
    shown = client.get(at.url).content.decode()
    assert "which keeps its place in line" in shown
    assert "Save: " in shown

    before = waiting.prompt
    answer = client.post(at.url, {"model": waiting.prompt.model, "shown_usd": "100"} | changes)
    assert answer.status_code == 302, answer.content.decode()
    waiting = Generation.objects.get(pk=waiting.pk)
    assert waiting.state == State.WAITING
    assert waiting.prompt.parent == before
    for name in {"resolution", "words", "mode", "ratio"} & set(changes):
        assert getattr(waiting.prompt, name) == changes[name]
    assert waiting.ledger.reserved_usd() == waiting.price_usd
    assert Generation.objects.filter(prompt__kind=kind).count() == 1


def test_where_a_source_lies_on_its_canvas_comes_back_to_be_changed(client, made):
    shown = (
        client.get(verb("reframe", made), {"ratio": "1:1", "column": 0, "row": 2, "percent": 50})
        .context["form"]
        .preview
    )
    waiting = version(
        made, Kind.REFRAME_VIDEO, State.WAITING, ratio="1:1", placement=shown["place"]
    )
    again = client.get(client.get(verb("edit", waiting)).url).context["form"].preview
    assert again["place"] == shown["place"]


def test_what_was_sent_meanwhile_is_said_and_what_was_typed_stays(client, made):
    waiting = version(made, Kind.AUDIO, State.WAITING, words="Waves")
    at = client.get(verb("edit", waiting)).url
    Generation.objects.filter(pk=waiting.pk).update(state=State.SUBMITTING)
    answer = client.post(at, {"words": "Gulls, far off"}).content.decode()
    assert "was sent or changed meanwhile" in answer
    assert "Gulls, far off" in answer


def test_only_what_is_made_from_the_take_is_changed_on_its_page(client, project, artist, made):
    waiting = version(made, Kind.AUDIO, State.WAITING)
    other = take(project, State.COMPLETED, author=artist)
    for name in (waiting.uuid, other.uuid, "nothing"):
        assert client.get(verb("sound", other), {"editing": name}).status_code == 404


@pytest.mark.parametrize(("kind", "page"), [(Kind.UPSCALE, "upscale"), (Kind.AUDIO, "sound")])
def test_what_is_made_where_its_take_was_made_never_goes_to_another_account(
    client, project, made, kind, page
):
    """Another account's key knows no such take, so that the provider would refuse it for good."""
    waiting = version(made, kind, State.WAITING)
    own = waiting.account
    Account.objects.filter(pk=own.pk).update(enabled=False)
    AccountFactory(team=project.team, name="Spare")
    at = client.get(verb("edit", waiting)).url
    shown = client.get(at).content.decode()
    answer = client.post(at, {"resolution": "4k", "words": "Gulls, far off"}).content.decode()
    for told in (shown, answer):
        assert "is switched off. Switch it on" in told
    waiting = Generation.objects.get(pk=waiting.pk)
    assert (waiting.account, waiting.attempt().account) == (own, own)
