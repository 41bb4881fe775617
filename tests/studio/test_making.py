"""Every kind of generation on the site: the composer's images, and what is made from a take."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from generations import versions
from generations.kinds import Kind
from generations.models import Account, Asset, Generation, Prompt, State, Still
from generations.placement import Placement
from studio.forms.slots import REFERENCE_SLOTS
from tests.factories import drawn, still, take, tiny_poster, version

HTMX = {"HX-Request": "true"}


@pytest.fixture
def made(project, artist) -> Generation:
    return take(project, State.COMPLETED, author=artist)


def compose(client, project, **fields):
    return client.post(reverse("compose", args=[project.slug]), fields, headers=HTMX)


def generate(client, project, **fields):
    settings = {"kind": "image", "model": "photon-1", "ratio": "1:1", "image_format": "png"}
    settings |= {"shown_usd": "100"}
    return client.post(reverse("generate", args=[project.slug]), settings | fields)


def verb(name, generation):
    return reverse(name, args=[generation.uuid])


# --- the composer's images ----------------------------------------------------------------------


def test_the_composer_turns_to_images_and_keeps_the_words(client, project):
    page = compose(client, project, words="A teal lighthouse", make="image").content.decode()
    assert 'name="kind" value="image"' in page
    assert "A teal lighthouse" in page
    for shown in ("Photon Flash", 'name="image_format"', 'name="ref3"', "Character", "$0.02"):
        assert shown in page
    for hidden in ('name="duration_s"', 'name="resolution"', 'name="loop"', 'name="start"'):
        assert hidden not in page
    back = compose(client, project, words="A teal lighthouse", kind="image", make="video")
    assert 'name="start"' in back.content.decode()
    assert "ray-2" in back.content.decode()


def test_an_image_is_ordered_after_uploads_and_stills(client, project):
    kept = still(project)
    upload = SimpleUploadedFile("a.jpg", tiny_poster().read_bytes())
    answer = generate(
        *(client, project),
        words="A teal lighthouse",
        ref0=upload,
        ref0_role="character",
        ref1_still=str(kept.uuid),
        ref1_role="style",
        ref1_weight="0.4",
    )
    assert answer.status_code == 302
    made = Generation.objects.get()
    assert (made.prompt.kind, made.prompt.image_format) == ("image", "png")
    kept_as = {each.role: each for each in made.references.all()}
    assert float(kept_as["style"].weight) == 0.4
    assert kept_as["character"].weight is None
    assert kept_as["style"].still == kept


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"words": ""}, "at least 3 characters"),
        ({"model": "ray-2"}, "Choose one of: photon-1"),
        ({"ref0_weight": "heavy"}, "A weight is a number from 0 to 1"),
        ({"ref0_weight": "NaN"}, "A weight is a number from 0 to 1"),
        ({"ref0_role": "mood"}, "Choose what the picture is for"),
        ({"ref1_still": "gone", "ref1_role": "style"}, "isn't in this project any more"),
        (
            {"ref0_role": "modify", "ref1_role": "modify", "ref1_still": "same"},
            "At most 1 modify picture: take 1 out",
        ),
        ({"image_format": "gif"}, "Choose one of: jpg, png"),
    ],
)
def test_a_refused_image_says_why_and_keeps_what_was_typed(client, project, fields, says):
    kept = str(still(project).uuid)
    if fields.get("ref1_still") == "same":
        fields["ref1_still"] = kept
    typed = {"words": "A teal lighthouse", "ref0_still": kept, "ref0_role": "style"} | fields
    page = generate(client, project, **typed).content.decode().replace("&#x27;", "'")
    assert says in page
    assert Prompt.objects.count() == 0
    assert kept in page
    assert typed["words"] in page


def test_the_composer_keeps_the_kind_that_was_made_last(client, project, artist, made):
    drawn(project, author=artist)
    page = client.get(reverse("board", args=[project.slug])).content.decode()
    assert 'name="kind" value="image"' in page
    version(made, Kind.UPSCALE)  # is no kind of the composer's
    page = client.get(reverse("board", args=[project.slug])).content.decode()
    assert 'name="kind" value="image"' in page


def test_from_a_picture_to_a_video_in_two_clicks(client, project, artist):
    shown = drawn(project, author=artist)
    board = client.get(reverse("board", args=[project.slug])).content.decode()
    assert verb("animate", shown) in board
    typed = {"words": "", "ratio": "9:16"}  # the picture's own is taken instead
    page = client.post(verb("animate", shown), typed, headers=HTMX).content.decode()
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    chosen = dict(re.findall(r'<select name="(\w+)".*?<option[^>]* selected>([^<]+)<', page))
    assert (form["kind"], chosen["ratio"]) == ("video", "16:9")
    sent = form | {"words": "", "model": "ray-2", "ratio": "16:9", "resolution": "540p"}
    answer = client.post(
        reverse("generate", args=[project.slug]), sent | {"duration_s": "5", "shown_usd": "100"}
    )
    assert answer.status_code == 302
    moving = Generation.objects.latest("pk")
    assert moving.keyframes.get().still.source == shown


def test_a_picture_is_put_at_the_end_too(client, project, artist):
    shown = drawn(project, author=artist)
    page = client.get(verb("end_frame", shown)).content.decode()
    assert re.search(rf'name="end_still" value="{shown.stills.get().uuid}"', page)


def test_a_frame_of_a_take_becomes_a_reference(client, project, made):
    answer = client.post(verb("reference", made), follow=True)
    grabbed = Still.objects.get()
    assert (grabbed.origin, grabbed.source) == ("grabbed", made)
    page = answer.content.decode()
    assert re.search(rf'name="ref0_still" value="{grabbed.uuid}"', page)


def test_a_take_whose_file_cant_be_read_becomes_no_reference(client, made):
    made.assets.get(kind="video").file.write_bytes(b"no video")
    answer = client.post(verb("reference", made), follow=True)
    assert "be read. Choose another take." in answer.content.decode()
    assert not Still.objects.exists()


def test_remixing_an_image_brings_its_references_back(client, project, artist):
    from generations.orders import Picture

    kept = still(project)
    shown = drawn(project, author=artist, references=(Picture("style", kept),))
    page = client.get(verb("remix", shown), headers=HTMX).content.decode()
    assert re.search(rf'name="ref0_still" value="{kept.uuid}"', page)
    assert '<option value="style" selected>' in page


def test_a_picture_is_shown_downloaded_and_never_extended(client, project, artist):
    shown = drawn(project, author=artist)
    for page in (reverse("board", args=[project.slug]), verb("generation", shown)):
        text = client.get(page).content.decode()
        assert f"/media/{shown.uuid}/image?download=1" in text
        assert verb("extend", shown) not in text
    assert client.get(f"/media/{shown.uuid}/image").status_code == 200


# --- from a take --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["upscale", "sound", "reframe", "modify"])
def test_each_verb_has_a_page_with_its_prices(client, made, name):
    page = client.get(verb("generation", made)).content.decode()
    assert verb(name, made) in page
    page = client.get(verb(name, made)).content.decode()
    buttons = re.findall(r'<button class="button[^>]*value="([^"]*)">([^<]*)<', page)
    assert buttons
    estimated = name in ("upscale", "sound")
    for _, words in buttons:
        assert re.search(r", \$\d+\.\d\d", words)
        assert ("(your estimate)" in words) is estimated


@pytest.mark.parametrize(
    ("name", "fields", "kind", "is_version"),
    [
        ("upscale", {"resolution": "720p"}, Kind.UPSCALE, True),
        ("sound", {"words": "Waves", "negative_words": "voices"}, Kind.AUDIO, True),
        (
            *(
                "reframe",
                {"model": "ray-2", "ratio": "9:16", "column": 1, "row": 0, "percent": 100},
            ),
            *(Kind.REFRAME_VIDEO, True),
        ),
        (
            *("modify", {"model": "ray-flash-2", "mode": "flex_2", "words": "In heavy snow"}),
            *(Kind.MODIFY_VIDEO, False),
        ),
    ],
)
def test_each_verb_orders(client, project, made, name, fields, kind, is_version):
    answer = client.post(verb(name, made), fields | {"shown_usd": "100"})
    ordered = Generation.objects.latest("pk")
    assert answer["Location"] == verb("generation", made if is_version else ordered)
    assert ordered.prompt.kind == kind
    assert ordered.version_of == (made if is_version else None)
    assert ordered.references.get(role="source").source == made
    asked = (ordered.prompt.words, ordered.prompt.negative_words, ordered.prompt.mode)
    assert asked == tuple(fields.get(each, "") for each in ("words", "negative_words", "mode"))
    if name == "reframe":
        assert ordered.prompt.placement == Placement(0, 720, 0, 405)


def test_a_first_frame_is_kept_through_a_refusal(client, made):
    upload = SimpleUploadedFile("a.jpg", tiny_poster().read_bytes())
    fields = {"model": "ray-2", "mode": "wild", "words": "In heavy snow", "first": upload}
    page = client.post(verb("modify", made), fields).content.decode()
    assert "Choose one of: adhere_1" in page
    assert "In heavy snow" in page
    kept = re.search(r'name="first_still" value="([^"]+)"', page)[1]
    sent = {"model": "ray-2", "mode": "flex_1", "words": "In heavy snow", "first_still": kept}
    sent |= {"shown_usd": "100"}
    assert client.post(verb("modify", made), sent).status_code == 302
    assert str(Generation.objects.latest("pk").keyframes.get().still.uuid) == kept


def test_the_canvas_shows_where_the_source_will_lie(client, made):
    shown = client.get(verb("reframe", made), {"ratio": "1:1", "row": 2, "percent": 50})
    page = shown.content.decode()
    assert 'viewBox="0 0 960 960"' in page
    assert 'x="240" y="690" width="480" height="270"' in page
    assert client.get(verb("reframe", made), {"ratio": "x", "percent": "²"}).status_code == 200


@pytest.mark.parametrize(
    ("name", "fields", "says"),
    [
        ("reframe", {"ratio": "2:1", "column": 1, "row": 1, "percent": 100}, "Choose one of: 16:9"),
        ("reframe", {"ratio": "1:1", "column": 1, "row": 1, "percent": 400}, "At most 100 percent"),
        ("upscale", {"resolution": "8k"}, "Choose one of: 540p"),
        ("modify", {"words": "In snow"}, "Choose how far it may go"),
        ("sound", {"words": "ab"}, "at least 3 characters"),
    ],
)
def test_a_refusal_is_said_where_it_was_made(client, made, name, fields, says):
    answer = client.post(verb(name, made), fields | {"model": "ray-2"})
    assert answer.status_code == 200
    assert says in answer.content.decode()
    assert Generation.objects.count() == 1


def test_the_same_form_sent_twice_orders_once(client, made):
    page = client.get(verb("sound", made)).content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    for _ in range(2):
        assert (
            client.post(
                verb("sound", made), {"words": "Waves", "key": key, "shown_usd": "100"}
            ).status_code
            == 302
        )
    assert Generation.objects.count() == 2


def test_what_cant_be_made_says_why_instead_of_a_button(client, made):
    Account.objects.update(simulated=False)
    answer = client.post(
        verb("reframe", made),
        {"model": "ray-2", "ratio": "1:1", "column": 1, "row": 1, "percent": 100},
    )
    assert "Set PUBLIC_URL" in answer.content.decode()
    on_its_way = take(made.project, State.DREAMING)
    page = client.get(verb("modify", on_its_way)).content.decode().replace("&#x27;", "'")
    assert "isn't here yet" in page
    assert (
        verb("modify", on_its_way)
        not in client.get(verb("generation", on_its_way)).content.decode()
    )


def test_the_best_version_plays_and_is_downloaded(client, project, made):
    larger = version(made, Kind.UPSCALE)
    page = client.get(verb("generation", made)).content.decode()
    assert f'src="/media/{larger.uuid}/video"' in page
    assert f"/media/{larger.uuid}/video?download=1" in page
    assert re.search(r"Upscaled to 1080p</a><b>plays</b>", page)
    board = client.get(reverse("board", args=[project.slug])).content.decode()
    assert f'data-preview="/media/{larger.uuid}/preview"' in board
    assert board.count("data-take=") == 1


def test_every_version_and_the_original_are_played_and_downloaded(client, made):
    larger = version(made, Kind.UPSCALE)
    page = client.get(verb("generation", made)).content.decode()
    for each in (made, larger):
        assert f'href="{verb("generation", made)}?show={each.uuid}"' in page
        assert f'href="/media/{each.uuid}/video?download=1"' in page
    assert "640 × 360, 24 fps, h264, the upscaled version" in page
    costs = re.search(r"<dt>Cost</dt><dd>([^<]+)</dd>", page)[1]
    assert costs == f"$0.71 charged, and ${larger.price_usd:.2f} for a version"


def test_what_a_take_cant_have_is_no_link_and_says_why(client, made):
    version(made, Kind.UPSCALE, State.DREAMING)
    page = client.get(verb("generation", made)).content.decode()
    for name in ("upscale", "sound"):
        assert f'href="{verb(name, made)}"' not in page
    assert "Upscale, Add sound: The upscaled take 1 is on its way already." in page
    assert f'href="{verb("modify", made)}"' in page


def test_a_take_that_no_account_made_offers_neither_upscale_nor_sound(client, project, made):
    Account.objects.update(sealed_key="")
    for page in (reverse("board", args=[project.slug]), verb("generation", made)):
        text = client.get(page).content.decode()
        assert verb("upscale", made) not in text
        assert verb("sound", made) not in text


def test_a_versions_page_names_its_take(client, made):
    larger = version(made, Kind.UPSCALE)
    page = client.get(verb("generation", larger)).content.decode()
    assert "The upscaled take 1" in page
    assert verb("generation", made) in page


def test_a_take_whose_version_moves_shows_it(client, made):
    on_its_way = version(made, Kind.UPSCALE, State.QUEUED)
    page = client.get(verb("generation", made)).content.decode()
    shown = re.search(r'name="version" value="([^"]+)"', page)[1]
    assert "data-unfinished" in page
    live = reverse("generation_live", args=[made.uuid])
    assert client.get(live, {"version": shown}).status_code == 204
    on_its_way.cancel(None)
    on_its_way.dream(next_at=on_its_way.next_at)
    assert client.get(live, {"version": shown}).status_code == 200


def test_changing_what_was_made_from_a_take_leads_to_its_verb(client, made):
    failed = version(made, Kind.AUDIO, State.FAILED, words="Waves and gulls")
    answer = client.get(verb("remix", failed))
    assert answer["Location"] == f"{verb('sound', made)}?words=Waves+and+gulls&ratio=16%3A9"
    htmx = client.get(verb("remix", failed), headers=HTMX)
    assert htmx["HX-Redirect"].startswith(verb("sound", made))


@pytest.mark.parametrize("name", ["upscale", "sound", "reframe", "modify", "animate", "end_frame"])
def test_who_only_watches_makes_nothing(viewer, stranger, made, name):
    assert viewer.get(verb(name, made)).status_code == 403
    assert stranger.get(verb(name, made)).status_code == 404
    assert stranger.post(verb("reference", made)).status_code == 404


def test_a_picture_too_many_is_said_and_replaces_none(client, project):
    kept = [still(project) for _ in REFERENCE_SLOTS]
    filled = {f"ref{number}_still": str(each.uuid) for number, each in enumerate(kept)}
    fields = filled | {"words": "A teal lighthouse", "kind": "image", "make": "image"}
    page = compose(client, project, **fields, add=str(still(project).uuid)).content.decode()
    assert "All places for pictures are taken. Take one out to put another in." in page
    assert f"All {len(REFERENCE_SLOTS)} places are taken." in page
    for number, each in enumerate(kept):
        assert f'name="ref{number}_still" value="{each.uuid}"' in page


def test_a_person_chooses_which_version_plays_until_a_better_one_comes(client, viewer, made):
    larger, sounding = version(made, Kind.UPSCALE), version(made, Kind.AUDIO)
    other = version(made, Kind.REFRAME_VIDEO, ratio="9:16", resolution="720p")
    page = verb("generation", made)
    assert f'src="/media/{larger.uuid}/video"' in client.get(page).content.decode()
    assert f'action="{verb("play", sounding)}"' in client.get(page).content.decode()
    assert f'action="{verb("play", other)}"' not in client.get(page).content.decode()
    assert f'action="{verb("play", sounding)}"' not in viewer.get(page).content.decode()
    assert viewer.post(verb("play", sounding)).status_code == 403
    for chosen in (sounding, made):
        shown = client.post(verb("play", chosen), follow=True).content.decode()
        assert f'src="/media/{chosen.uuid}/video"' in shown
        assert "Another version was chosen to play" in shown
    refused = client.post(verb("play", other), follow=True).content.decode()
    assert "it shows another picture" in refused
    assert f'src="/media/{made.uuid}/video"' in refused
    version(made, Kind.REFRAME_VIDEO, ratio="1:1", resolution="720p")
    assert f'src="/media/{made.uuid}/video"' in client.get(page).content.decode()
    best = version(larger, Kind.AUDIO)
    Asset.objects.filter(generation=best, kind=Asset.Kind.VIDEO).update(width=640, height=360)
    versions.choose_best(made, best)
    assert f'src="/media/{best.uuid}/video"' in client.get(page).content.decode()
