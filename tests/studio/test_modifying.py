"""Modify and Reframe with a model that knows more: resolutions, controls, pinned pictures."""

import html
import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from generations.models import Asset, Generation, SpendingRules, State
from studio.models import Role
from tests.factories import AccountFactory, member, still, take, tiny_poster
from tests.studio.bakeoffs.steps import begun
from tests.studio.test_board import HTMX, text
from tests.studio.test_pinning import pins, problem, rows

EDIT = {
    "shown_usd": "100",
    "kind": "modify",
    "words": "In clay",
    "model": "ray-3.2",
    "mode": "flex_2",
    "resolution": "720p",
    "count": "1",
}
MIDDLE = {"column": "1", "row": "1", "percent": "100"}


@pytest.fixture(autouse=True)
def agents(project):
    return AccountFactory(team=project.team, provider="luma-agents", name="Agents")


@pytest.fixture
def made(project, artist) -> Generation:
    """A take of five seconds."""
    made = take(project, State.COMPLETED, author=artist)
    made.assets.filter(kind=Asset.Kind.VIDEO).update(duration_s=5)
    return made


def post(client, project, name, made, **typed):
    sent = EDIT | MIDDLE | {"source_take": str(made.uuid)} | typed
    answer = client.post(reverse(name, args=[project.slug]), sent, headers=HTMX)
    return html.unescape(text(answer))


def checked(page):
    return re.findall(r'<input type="checkbox" name="(\w+)" checked>', page)


def note(page):
    return re.search(r'id="composer-note" role="status">(.*?)</p>', page)[1]


def hidden(page, name):
    return re.search(rf'name="{name}" value="(.*?)">', page)[1]


def test_a_model_shows_what_it_knows_and_no_more(client, project, made):
    page = post(client, project, "compose", made)
    for shown in ('id="controls"', 'name="resolution"', 'data-last="119"', ">What it becomes<"):
        assert shown in page
    film = re.findall(rf'<video src="/media/{made.uuid}/preview#t=([\d.]+)"', page)
    assert (len(film), film[0], film[-1]) == (8, "0.31", "4.69")
    page = post(client, project, "compose", made, model="ray-2")
    for shown in ('id="controls"', '<select name="resolution"', "data-strip "):
        assert shown not in page
    assert "What it becomes (may be left out)" in page
    reframed = post(client, project, "compose", made, kind="reframe", ratio="1:1")
    assert 'name="resolution"' in reframed
    assert 'id="controls"' not in reframed
    assert 'name="first"' not in reframed  # Ray 3.2 reframes without


def test_a_source_that_is_still_judged_blind_shows_no_film(client, project):
    it = begun(client, project).entrants.first().generation
    page = post(client, project, "compose", it)
    assert "data-strip " in page
    assert "<video" not in page


@pytest.mark.parametrize(
    ("typed", "price"),
    [
        ({"resolution": "360p"}, "$0.54"),
        ({"resolution": "1080p"}, "$2.16"),
        ({"resolution": "1080p", "count": "2"}, "$4.32"),
        ({"resolution": "1080p", "pose": "on"}, "$2.16"),
        ({"kind": "reframe", "ratio": "1:1", "resolution": "360p"}, "$0.15"),
        ({"kind": "reframe", "ratio": "1:1", "resolution": "1080p"}, "$1.80"),
        ({"model": "ray-2"}, "$1.75"),
    ],
)
def test_the_price_follows_what_is_chosen(client, project, made, typed, price):
    assert price in post(client, project, "compose", made, **typed)
    assert price in post(client, project, "quote", made, **typed)


def test_what_cant_be_chosen_together_is_said_where_the_price_stands(client, project, made):
    typed = {"kind": "reframe", "ratio": "9:16", "resolution": "1080p"}
    words = "Ray 3.2 can't combine 1080p with 9:16. "
    words += "Choose 720p, 360p or 540p, or choose another ratio."
    assert words in post(client, project, "quote", made, **typed)
    assert words in post(client, project, "generate", made, **typed)
    both = post(client, project, "quote", made, auto_controls="on", pose="on")
    assert "Either the model sets the controls, or you do. Switch one off." in both
    assert not Generation.objects.exclude(pk=made.pk).exists()


def test_an_edit_is_ordered_with_its_controls_and_pinned_pictures(client, project, made):
    one, other = still(project), still(project)
    chosen = {"pose": "on", "pose_strength": "coarse", "depth": "on", "depth_blur": "0.5"}
    typed = chosen | {"face": "on", "normals_augmentation": "0.2", "resolution": "1080p"}
    post(client, project, "generate", made, **typed, **pins((0, one), (119, other)))
    edit = Generation.objects.latest("pk")
    assert edit.price_usd == Decimal("2.16")
    assert (edit.prompt.mode, edit.prompt.resolution) == ("flex_2", "1080p")
    assert edit.prompt.options == {
        "controls": {
            "pose": {"enabled": True, "strength": "coarse"},
            "depth": {"enabled": True, "blur": 0.5},
            "face": {"enabled": True},
        }
    }
    pinned = edit.keyframes.order_by("frame")
    assert [(each.frame, each.still) for each in pinned] == [(0, one), (119, other)]


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"auto_controls": "on", "face": "on"}, "controls", "Either the model sets the controls"),
        ({"depth": "on", "depth_blur": "2"}, "controls", "The blur of depth is from 0 to 1."),
        ({"depth": "on", "depth_blur": "some"}, "controls", "The blur of depth is from 0 to 1."),
        ({"resolution": "4k"}, "resolution", "Ray 3.2 doesn't make 4k. Choose one of:"),
        ({"words": ""}, "words", "Write at least 3 characters"),
        ({"at": (7, 7)}, "keyframes", "Two pictures stand at frame 7."),
        ({"at": (120,)}, "keyframes", "Frame 120 isn't in 5 s. Choose one from 0 to 119."),
        ({"at": (7,), "first": True}, "keyframes", "can't combine a first frame with pinned"),
    ],
)
def test_what_cant_be_is_refused_at_its_field_and_kept(client, project, made, typed, field, words):
    kept = still(project)
    sent = {name: value for name, value in typed.items() if name not in ("at", "first")}
    sent |= pins(*((at, kept) for at in typed.get("at", ())))
    sent |= {"first_still": str(kept.uuid)} if "first" in typed else {}
    page = post(client, project, "generate", made, **sent)
    assert words in re.search(rf'id="{field}-error"[^>]*>(.*?)</p>', page)[1]
    assert sorted(checked(page)) == sorted(set(sent) & {"auto_controls", "face", "depth"})
    assert len(rows(page)) == len(typed.get("at", ()))
    assert f'name="source_take" value="{made.uuid}"' in page
    assert not Generation.objects.exclude(pk=made.pk).exists()


def test_a_source_over_18_s_is_refused_at_its_place(client, project, made):
    made.assets.filter(kind=Asset.Kind.VIDEO).update(duration_s=19)
    page = post(client, project, "generate", made)
    said = re.search(r'id="source-error"[^>]*>(.*?)</p>', page)[1]
    assert "is 19.0 s long, and Ray 3.2 takes at most 18 s." in said
    assert ">In clay</textarea>" in page


def test_another_model_keeps_aside_what_it_cant_do(client, project, made):
    typed = {"resolution": "1080p", "depth": "on", "depth_blur": "0.5"} | pins((12, still(project)))
    away = post(client, project, "compose", made, **typed | {"model": "ray-2"})
    assert note(away) == (
        "Ray 2 makes no 1080p: 720p is the nearest. Ray 2 takes no controls. "
        "A pinned picture waits for a model that takes more than a start and an end frame."
    )
    assert rows(away) == []
    there = {name: hidden(away, name) for name in ("wishes", "resolution")}
    back = post(client, project, "compose", made, **there)
    assert rows(back) == ["12"]
    assert checked(back) == ["depth"]
    assert 'name="depth_blur" value="0.5"' in back
    assert "<option selected>1080p</option>" in back


def test_a_second_mode_keeps_aside_what_belongs_to_the_first(client, project, made):
    typed = {"face": "on", "resolution": "1080p"} | pins((12, still(project)))
    there = post(client, project, "compose", made, **typed, make="reframe")
    assert "Kept for Modify: the source, a pinned picture." in note(there)
    aside = {"kind": "reframe", "aside": hidden(there, "aside"), "make": "modify"}
    back = post(client, project, "compose", made, **aside)
    assert rows(back) == ["12"]
    assert checked(back) == ["face"]
    assert problem(back) == ""


# --- the verb's own page --------------------------------------------------------------------


def page_of(client, made, **typed):
    return html.unescape(text(client.get(reverse("modify", args=[made.uuid]), typed)))


def test_the_verbs_page_asks_for_the_same(client, project, made):
    page = page_of(client, made)
    for shown in ('id="controls"', '<select id="make-resolution"', 'name="pin_file"'):
        assert shown in page
    assert "Modify with Ray 3.2, $1.08" in page
    dearer = page_of(client, made, resolution="1080p")
    assert "Modify with Ray 3.2, $2.16" in dearer
    assert "Ray 2 doesn't make 1080p. Choose one of: 720p." in dearer
    one, file = still(project), SimpleUploadedFile("a.jpg", tiny_poster().read_bytes())
    typed = EDIT | {"face": "on", "resolution": "1080p", "pin_file": file, "pin_at": "90"}
    typed |= pins((12, one), (48, one)) | {"pin1_out": "on", "shown_usd_ray-3.2": "2.16"}
    client.post(reverse("modify", args=[made.uuid]), typed)
    edit = Generation.objects.latest("pk")
    assert edit.prompt.resolution == "1080p"
    assert edit.prompt.options == {"controls": {"face": {"enabled": True}}}
    assert [each.frame for each in edit.keyframes.order_by("frame")] == [12, 90]


def test_the_verbs_page_keeps_what_it_refuses(client, project, made):
    file = SimpleUploadedFile("a.jpg", tiny_poster().read_bytes())
    typed = EDIT | pins((12, still(project))) | {"pin_file": file, "pin_at": "12", "face": "on"}
    answer = client.post(reverse("modify", args=[made.uuid]), typed | {"shown_usd_ray-3.2": "9"})
    page = html.unescape(text(answer))
    assert problem(page) == "Two pictures stand at frame 12. Move one, or take it out."
    assert rows(page) == ["12", "12"]
    assert checked(page) == ["face"]
    assert not Generation.objects.exclude(pk=made.pk).exists()


def test_an_edit_brings_everything_back_when_it_is_remixed_or_changed(client, project, made):
    typed = {"depth": "on", "depth_blur": "0.5", "resolution": "1080p"}
    post(client, project, "generate", made, **typed, **pins((12, still(project))))
    edit = Generation.objects.latest("pk")
    for name in ("remix", "edit"):
        page = html.unescape(
            text(client.get(reverse(name, args=[edit.uuid]), follow=True, headers={}))
        )
        assert rows(page) == ["12"]
        assert checked(page) == ["depth"]
        assert 'name="depth_blur" value="0.5"' in page
        assert "<option selected>1080p</option>" in page
    shown = html.unescape(text(client.get(reverse("generation", args=[edit.uuid]))))
    assert "controls: depth 0.5" in shown
    assert "At frame 12:" in shown


def test_a_producer_sees_what_is_pinned_before_approving(client, project, made, sign_in):
    SpendingRules.objects.create(team=project.team, approval_above_usd="0.50")
    post(client, project, "generate", made, auto_controls="on", **pins((12, still(project))))
    assert Generation.objects.latest("pk").state == State.REQUESTED
    page = text(sign_in(member(project, Role.PRODUCER)).get(reverse("requests")))
    assert "At frame 12 this still" in page
    assert "automatic controls" in page


def test_an_address_pins_no_nonsense(client, project, made):
    page = client.get(reverse("modify", args=[made.uuid]), {"keyframes": "nonsense"})
    assert page.status_code == 200
    assert "Take it out" not in text(page)
