"""Pinned pictures in the composer without a script: rows with a number, and what is refused."""

import html
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from generations import grabbing
from generations.models import Generation, State, Still
from generations.stills import keep_upload
from tests.factories import AccountFactory, still, take, tiny_poster
from tests.generations.pictures import picture
from tests.studio.test_board import ASKED, HTMX, text
from tests.studio.test_drafts import send, sign_in

PINNING = ASKED | {"model": "ray-3.2", "resolution": "720p", "duration_s": "5"}


@pytest.fixture(autouse=True)
def agents(project):
    return AccountFactory(team=project.team, provider="luma-agents", name="Agents")


def pins(*placed):
    """Return the fields of stills that are pinned, each with its frame."""
    found = {}
    for place, (at, one) in enumerate(placed):
        found |= {f"pin{place}_frame": str(at), f"pin{place}_still": str(one.uuid)}
    return found


def post(client, project, name, **typed):
    answer = client.post(reverse(name, args=[project.slug]), PINNING | typed)
    return html.unescape(text(answer)) if answer.status_code == 200 else ""


def rows(page):
    """Return the frames of the pins on a page, in its order."""
    return re.findall(r'name="pin\d+_frame" type="number" step="1" value="([^"]*)"', page)


def problem(page):
    return re.search(r'id="keyframes-error" role="alert"[^>]*>(.*?)</p>', page)[1]


def test_only_a_model_that_can_has_a_strip(client, project):
    options = reverse("compose_options", args=[project.slug])
    assert "data-strip" in text(client.post(options, PINNING, headers=HTMX))
    ray_2 = text(client.post(options, PINNING | {"model": "ray-2"}, headers=HTMX))
    assert "data-strip" not in ray_2
    assert "data-last" in post(client, project, "compose", duration_s="10")
    assert 'data-last="240"' in post(client, project, "compose", duration_s="10")


def frame_of(page):
    """Return the still that a page's one pin shows."""
    return Still.objects.get(uuid=re.search(r'name="pin0_still" value="(.*?)"', page)[1])


def test_of_a_take_its_first_last_or_any_frame_is_pinned(client, project):
    made = take(project, State.COMPLETED)
    kept = {}
    for which, words in (("", "first"), (".last", "last"), (".5", "5")):
        page = post(client, project, "compose_put", put=f"pin.take.{made.uuid}{which}")
        kept[words] = frame_of(page)
    assert kept["first"] == grabbing.grab(made, grabbing.Which.FIRST, None)
    assert kept["last"] == grabbing.grab(made, grabbing.Which.LAST, None)
    assert kept["5"] == grabbing.grab_at(made, 5, None)
    assert len({each.pk for each in kept.values()}) == 3


def test_a_pinned_take_shows_another_of_its_frames_where_it_stands(client, project):
    made, beside = take(project, State.COMPLETED), still(project)
    first = grabbing.grab(made, grabbing.Which.FIRST, None)
    there = pins((48, first), (60, beside))
    shown = post(client, project, "compose", **there)
    assert shown.count("Which frame of") == 1  # of the other picture there is none
    for which in ("first", "last", "of"):
        assert f'name="put" value="pin0.take.{made.uuid}.{which}"' in shown
    assert shown.count('aria-pressed="true" formaction') == 1
    asked = {"put": f"pin0.take.{made.uuid}.of", "pin0_of": "7"}
    page = post(client, project, "compose_put", **there, **asked)
    assert (frame_of(page).frame, rows(page)) == (7, ["48", "60"])
    assert 'name="pin0_of" type="number" min="0" step="1" value="7"' in page
    last = post(client, project, "compose_put", **there, put=f"pin0.take.{made.uuid}.last")
    assert frame_of(last) == grabbing.grab(made, grabbing.Which.LAST, None)


@pytest.mark.parametrize("said", ["9999", "-1", "soon", ""])
def test_a_frame_that_a_take_doesnt_have_is_refused_at_the_strip(client, project, said):
    made = take(project, State.COMPLETED)
    there = pins((48, grabbing.grab(made, grabbing.Which.LAST, None)))
    asked = {"put": f"pin0.take.{made.uuid}.of", "pin0_of": said}
    page = post(client, project, "compose_put", **there, **asked)
    assert re.search("Choose a moment within it|Say where in the take", problem(page))
    assert grabbing.which_of(frame_of(page)) == "last"


@pytest.mark.parametrize("where", ["pin0.take", "pin9999.take.x.first", "pin0.take.x.last.y"])
def test_nonsense_pins_nothing(client, project, where):
    assert rows(post(client, project, "compose_put", put=where)) == []


def test_without_a_script_pictures_are_pinned_by_number_and_file(client, project):
    kept = still(project)
    page = post(client, project, "compose_put", put=f"pin.still.{kept.uuid}", pin_at="48")
    assert rows(page) == ["48"]
    assert 'value="2.00 s"' not in page
    file = SimpleUploadedFile("a.jpg", tiny_poster().read_bytes(), "image/jpeg")
    typed = pins((48, kept)) | {"put": "pin.file", "pin_at": "12", "pin_file": file}
    page = post(client, project, "compose_put", **typed)
    assert rows(page) == ["12", "48"]  # as they are seen
    assert ">Slow push in" in page
    assert Still.objects.count() == 2


def test_a_picture_that_was_chosen_and_not_pinned_yet_is_sent_too(client, project):
    file = SimpleUploadedFile("a.jpg", tiny_poster().read_bytes(), "image/jpeg")
    kept = still(project)
    post(client, project, "generate", **pins((48, kept)), pin_at="96", pin_file=file)
    frames = Generation.objects.get().keyframes.order_by("frame")
    assert [each.frame for each in frames] == [48, 96]


def test_what_is_taken_out_can_be_put_back(client, project):
    one, other = still(project), still(project)
    page = post(client, project, "compose", **pins((12, one), (48, other)), without="pin1")
    assert rows(page) == ["12"]
    assert "The picture at frame 48 is out." in page
    back = re.search(r'name="put" value="(pin\.still\.[^"]+)"', page)[1]
    at = re.search(r'name="pin_at" type="number" step="1" value="(\d+)"', page)[1]
    page = post(client, project, "compose_put", **pins((12, one)), put=back, pin_at=at)
    assert rows(page) == ["12", "48"]
    assert str(other.uuid) in page


@pytest.mark.parametrize(
    ("at", "more", "words"),
    [
        ((7, 7), {}, "Two pictures stand at frame 7. Move one, or take it out."),
        ((7, 121), {}, "Frame 121 isn't in 5 s. Choose one from 0 to 120."),
        ((7, "soon"), {}, "A frame is a whole number, such as 48."),
        (tuple(range(65)), {}, "These are 65 pictures, and 64 is the limit. Take 1 out."),
        ((7,), {"start": True}, "can't combine a start frame with pinned pictures"),
    ],
    ids=["two on one", "outside", "no number", "65", "a start frame"],
)
def test_what_cant_be_is_refused_at_its_field_with_all_that_was_typed(
    client, project, at, more, words
):
    kept = still(project)
    typed = pins(*((each, kept) for each in at))
    if more:
        typed["start_still"] = str(kept.uuid)
    page = post(client, project, "generate", **typed)
    assert words in problem(page)
    assert sorted(rows(page)) == sorted(str(each) for each in at)
    assert not Generation.objects.exists()
    if len(at) == 2:
        assert 'aria-invalid="true" aria-describedby="keyframes-error"' in page


def test_a_loop_with_pinned_pictures_is_refused_where_the_price_stands(client, project):
    typed = PINNING | pins((7, still(project))) | {"loop": "on"}
    said = html.unescape(text(client.post(reverse("quote", args=[project.slug]), typed)))
    assert "Ray 3.2 can't combine a loop with pinned pictures. Take one of them out." in said
    assert (
        problem(said) == "Ray 3.2 can't combine a loop with pinned pictures. Take one of them out."
    )


def test_more_pictures_than_are_promised_are_told_of(client, project):
    one = still(project)
    said = "Only 16 are promised: more may be refused, which costs nothing."
    sixteen = post(client, project, "compose", **pins(*((at, one) for at in range(16))))
    assert len(rows(sixteen)) == 16
    assert said not in sixteen
    assert said in post(client, project, "compose", **pins(*((at, one) for at in range(17))))


def test_the_65th_picture_isnt_pinned_and_the_others_stay(client, project):
    kept = still(project)
    full = pins(*((each, kept) for each in range(64)))
    page = post(client, project, "compose", **full)
    assert "data-full" in page
    page = post(client, project, "compose_put", **full, put=f"pin.still.{kept.uuid}", pin_at="90")
    assert problem(page).startswith("These are 64 pictures, which is the limit.")
    assert len(rows(page)) == 64


def test_a_take_brings_its_pins_back_when_it_is_remixed_or_changed(client, project):
    one, other = still(project), still(project)
    post(client, project, "generate", **pins((12, one), (48, other)))
    made = Generation.objects.get()
    for name in ("remix", "edit"):
        page = html.unescape(text(client.get(reverse(name, args=[made.uuid]))))
        assert rows(page) == ["12", "48"]
        assert str(other.uuid) in page
    changed = pins((13, one)) | {"editing": str(made.uuid)}
    client.post(reverse("edit", args=[made.uuid]), PINNING | changed)
    assert [each.frame for each in made.keyframes.all()] == [13]
    assert "At frame 13:" in text(client.get(reverse("generation", args=[made.uuid])))


def test_another_mode_keeps_the_pins_aside(client, project):
    typed = pins((12, still(project)))
    page = post(client, project, "compose", **typed, kind="video", make="image")
    assert "Kept for Video: a pinned picture." in page
    assert rows(page) == []
    aside = re.search(r'name="aside" value="(.*?)">', page.replace("&quot;", '"'))[1]
    image = {"kind": "image", "model": "photon-1", "aside": aside, "make": "video"}
    answer = client.post(reverse("compose", args=[project.slug]), {"words": "x"} | image)
    assert rows(html.unescape(text(answer))) == ["12"]


@pytest.mark.parametrize(
    "wishes", ['{"keyframes": [1, []]}', '{"keyframes": [[["x", 1, 2, 3]], []]}']
)
def test_wishes_for_pins_that_nobody_had_are_ignored(client, project, wishes):
    assert rows(post(client, project, "compose", wishes=wishes)) == []


def test_a_picture_of_another_team_is_not_found(client, project, stranger):
    foreign = still(AccountFactory().team.projects.create(name="Other", slug="other"))
    page = post(client, project, "generate", **pins((12, foreign)))
    assert "isn't in this project any more" in problem(page)
    assert str(foreign.uuid) in page  # what was sent, and no picture of it
    assert reverse("media", args=[foreign.uuid, "still-small"]) not in page


def test_a_session_that_ended_keeps_the_pins(client, project, artist):
    page = text(client.get(reverse("board", args=[project.slug])))
    draft = re.search(r'name="draft" value="([^"]+)"', page)[1]
    browser, typed = Client(), pins((12, still(project)), (48, still(project)))
    leads_to = send(browser, project, **PINNING, **typed, draft=draft)
    assert rows(html.unescape(text(sign_in(browser, artist, leads_to)))) == ["12", "48"]


def test_every_frame_that_a_shorter_clip_cant_hold_is_named(client, project):
    kept = still(project)
    typed = pins((12, kept), (180, kept), (200, kept), (240, kept))
    page = post(client, project, "compose", **typed)
    assert problem(page) == "Frames 180, 200 and 240 aren't in 5 s. Choose from 0 to 120."
    assert page.count('class="pin pin--wrong"') == 3
    assert problem(post(client, project, "compose", **typed | {"duration_s": "10"})) == ""


def test_a_bake_off_says_which_models_take_no_pinned_pictures(client, project):
    page = post(client, project, "new_bakeoff", **pins((12, still(project))))
    assert page.count("takes pictures at its start and end alone. Take the others out.") == 3
    assert "720p, 10 s" in page  # of Ray 3.2, which does


def test_several_prompts_all_have_the_pinned_pictures(client, project):
    typed = pins((12, still(project))) | {"words": "A {dune|ridge} in the rain"}
    post(client, project, "generate", **typed)
    made = Generation.objects.all()
    assert [each.keyframes.get().frame for each in made] == [12, 12]


def test_all_pinned_pictures_that_dont_fit_are_cut_or_kept_at_once(client, project):
    narrow = [keep_upload(project, None, picture(640, 480)) for _ in range(2)]
    typed = pins((12, narrow[0]), (24, still(project)), (48, narrow[1]))
    page = post(client, project, "generate", **typed)
    assert "Frame 12: The picture is 4:3 and the take 16:9." in problem(page)
    assert "2 pinned pictures aren't 16:9." in page
    cut = post(client, project, "compose_cut", **typed, cut="pins.middle")
    stills = re.findall(r'name="pin\d_still" value="([^"]+)"', cut)
    assert [Still.objects.get(uuid=each).cut_from for each in stills] == [
        narrow[0],
        None,
        narrow[1],
    ]
    kept = post(client, project, "compose_keep", **typed, keep="pins")
    assert re.findall(r'name="pin\d_as_is" value="([^"]*)"', kept) == ["1", "", "1"]
    post(client, project, "generate", **typed, pin0_as_is="1", pin2_as_is="1")
    assert Generation.objects.get().keyframes.count() == 3


def test_one_pinned_picture_is_cut_elsewhere(client, project):
    narrow = keep_upload(project, None, picture(640, 480))
    page = post(client, project, "compose_cut", **pins((12, narrow)), cut="pin0.start")
    assert "Frame 12:</span> Cut to 16:9." in page
    assert rows(page) == ["12"]


def test_a_still_is_pinned_beside_what_is_typed_with_a_model_that_can(client, project):
    one, other = still(project), still(project)
    address = reverse("still_pin", args=[other.uuid])
    page = html.unescape(text(client.post(address, PINNING | pins((0, one)))))
    assert rows(page) == ["0", "24"]
    typed = PINNING | {"model": "ray-2", "kind": "video"}
    page = html.unescape(text(client.post(address, typed, headers=HTMX, follow=True)))
    assert rows(page) == ["0"]
    assert '<option value="ray-3.2" selected>' in page
    assert f">{PINNING['words']}</textarea>" in page
    plain = html.unescape(text(client.get(address)))
    assert rows(plain) == ["0"]
    assert "data-partial" in plain
    image = {"kind": "image", "model": "photon-1", "words": "A dune"}
    held = {"model": "ray-3.2"} | pins((0, one))
    aside = json.dumps({"video": {name: [value] for name, value in held.items()}})
    page = html.unescape(text(client.post(address, image | {"aside": aside}, headers=HTMX)))
    assert rows(page) == ["0", "24"]


def test_where_no_model_takes_pinned_pictures_that_is_said(client, project, agents):
    agents.delete()
    kept = still(project)
    assert "Pin to a frame" not in text(client.get(reverse("still", args=[kept.uuid])))
    page = html.unescape(text(client.get(reverse("still_pin", args=[kept.uuid]))))
    assert "No model that your accounts can run takes pinned pictures." in page


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        (
            {"duration_s": "10", "start_still": ""},
            "start",
            "a start frame with 10 s. Take the start frame out, or choose 5 s.",
        ),
        (
            {"duration_s": "10", "end_still": ""},
            "end",
            "an end frame with 10 s. Take the end frame out, or choose 5 s.",
        ),
        ({"loop": "on", "hdr": "on"}, "loop", "a loop with HDR. Take one of them out."),
        (
            {"hdr": "on", "resolution": "360p"},
            "hdr",
            "HDR with 360p. Switch HDR off, or choose 720p or 1080p.",
        ),
        ({"hdr": "on", "duration_s": "10"}, "hdr", "HDR with 10 s. Switch HDR off, or choose 5 s."),
    ],
)
def test_what_the_model_cant_combine_is_refused_at_its_field_and_kept(
    client, project, typed, field, words
):
    kept = str(still(project).uuid)
    sent = {name: value or kept for name, value in typed.items()}
    page = post(client, project, "generate", **sent)
    said = re.search(rf'id="{field}-error">(.*?)</p>', page)[1]
    assert said == f"Ray 3.2 can't combine {words}"
    assert f">{PINNING['words']}</textarea>" in page
    for name in set(typed) & {"start_still", "end_still"}:
        assert f'name="{name}" value="{kept}"' in page
    assert not Generation.objects.exists()
