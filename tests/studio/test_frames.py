"""A frame of a take, used as a picture."""

import numpy as np
import pytest
from django.urls import reverse
from PIL import Image

from generations import ffmpeg, media
from generations.kinds import Kind
from generations.models import State, Still
from studio.models import Role
from tests.factories import AccountFactory, keep_files, member, take, version

HTMX = {"HX-Request": "true"}


def url(name, generation):
    return reverse(name, args=[generation.uuid])


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    """A clip of 30 frames whose every frame is another grey, with B-frames and few key frames."""
    file = tmp_path_factory.mktemp("counted") / "clip.mp4"
    greys = b"".join(bytes([8 * number]) * (64 * 36) for number in range(30))
    ffmpeg.run(
        [
            *("-f", "rawvideo", "-pix_fmt", "gray", "-s", "64x36", "-r", "24", "-i", "-"),
            *("-c:v", "libx264", "-bf", "3", "-g", "7", "-pix_fmt", "yuv420p", "-crf", "1"),
            *("-movflags", "+faststart", str(file)),
        ],
        timeout_s=60,
        stdin=greys,
    )
    return file


def number_of(picture: Image.Image) -> int:
    """Read the number of a frame off its grey."""
    return round(float(np.asarray(picture.convert("L")).mean()) / 8)


@pytest.fixture
def made(project, artist, counted):
    made = take(project, State.COMPLETED, author=artist, stored=False)
    keep_files(made, counted)
    made.assets.filter(kind="video").update(duration_s=30 / 24)
    return made


def test_every_frame_is_found_by_its_number(counted):
    assert [number_of(media.frame_at(counted, number)) for number in range(30)] == list(range(30))
    assert number_of(media.frame_at(counted, 99)) == 29


@pytest.mark.parametrize("number", [0, 6, 7, 13, 29])
def test_the_frame_that_is_asked_for_is_kept_once(client, project, made, number):
    for _ in range(2):
        answer = client.post(url("frame_as_still", made), {"frame": number})
        still = Still.objects.get()
        assert answer.url == reverse("still", args=[still.uuid])
    assert (still.origin, still.source, still.frame) == ("grabbed", made, number)
    with Image.open(still.file) as kept:
        assert number_of(kept) == number


def test_without_scripts_a_second_names_the_frame(client, made):
    client.post(url("frame_as_still", made), {"frame": "", "at_s": "0.5"})
    assert Still.objects.get().frame == 12


@pytest.mark.parametrize("position", ["start", "end"])
def test_a_frame_is_put_in_the_composer_beside_what_is_typed(client, made, position):
    typed = {"words": "And then", "frame": 5, "model": "ray-2", "duration_s": "9"}
    composer = client.post(url(f"frame_as_{position}", made), typed, headers=HTMX)
    still = Still.objects.get()
    page = composer.content.decode()
    assert f'name="{position}_still" value="{still.uuid}"' in page
    assert "And then" in page
    plain = client.post(url(f"frame_as_{position}", made), {"frame": 5}, follow=True)
    assert plain.redirect_chain == [(reverse(f"still_{position}", args=[still.uuid]), 302)]
    assert f'name="{position}_still" value="{still.uuid}"' in plain.content.decode()


def test_where_no_account_takes_pins_none_is_offered(client, project, made):
    AccountFactory(team=project.team, provider="luma", name="Dream Machine")
    page = client.get(url("generation", made)).content.decode()
    assert "As end</button>" in page
    assert "Pin it</button>" not in page
    typed = {"frame": 5, "kind": "video", "model": "ray-2", "words": "Dunes"}
    page = client.post(url("frame_as_pin", made), typed, headers=HTMX).content.decode()
    assert "No model that your accounts can run takes pinned pictures." in page
    assert '<option value="ray-2" selected>' in page
    assert "Ray 3.2" not in page


def test_a_frame_is_pinned_in_the_composer(client, project, made):
    AccountFactory(team=project.team, provider="luma-agents")
    typed = {"words": "And then", "frame": 5, "model": "ray-3.2", "duration_s": "5"}
    page = client.post(url("frame_as_pin", made), typed, headers=HTMX).content.decode()
    still = Still.objects.get()
    assert still.frame == 5
    assert f'name="pin0_still" value="{still.uuid}"' in page
    plain = client.post(url("frame_as_pin", made), {"frame": 5}, follow=True)
    assert plain.redirect_chain == [(reverse("still_pin", args=[still.uuid]), 302)]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"frame": "30"}, "Take 1 is 1.25 s long. Choose a moment within it."),
        ({"frame": "-1"}, "Take 1 is 1.25 s long. Choose a moment within it."),
        ({"at_s": "1.25"}, "Take 1 is 1.25 s long. Choose a moment within it."),
        ({"at_s": "1e308"}, "Take 1 is 1.25 s long. Choose a moment within it."),
        ({"at_s": "-0.01"}, "Take 1 is 1.25 s long. Choose a moment within it."),
        ({"at_s": "nan"}, "a number of seconds"),
        ({"at_s": "soon"}, "a number of seconds"),
        ({}, "a number of seconds"),
    ],
)
def test_a_moment_that_is_none_is_refused_in_words(client, made, asked, says):
    page = client.post(url("frame_as_start", made), asked, follow=True)
    assert says in page.content.decode()
    answer = client.post(url("frame_as_start", made), asked, headers=HTMX)
    assert answer["HX-Reswap"] == "none"
    assert says in answer.content.decode()
    assert not Still.objects.exists()


def test_what_begins_on_a_chosen_frame_says_so_also_of_a_version(client, project, artist, made):
    client.post(url("frame_as_still", made), {"frame": 5})
    begun = take(project, author=artist, start=Still.objects.get())
    larger = version(made, Kind.UPSCALE)
    client.post(url("frame_as_still", larger), {"frame": 5})
    take(project, author=artist, start=Still.objects.latest("pk"))
    board = client.get(reverse("board", args=[project.slug])).content.decode()
    assert board.count("<span>from a frame of take 1</span>") == 2
    page = client.get(url("generation", begun)).content.decode()
    assert ">frame 5</a> of" in page


def test_a_take_without_its_file_says_so(client, project, artist):
    waiting = take(project, author=artist)
    page = client.post(url("frame_as_still", waiting), {"frame": 0}, follow=True)
    assert "The file of take 1 can&#x27;t be read" in page.content.decode()


@pytest.mark.parametrize("name", ["frame_as_start", "frame_as_end", "frame_as_still"])
def test_only_those_who_make_takes_use_a_frame(made, viewer, stranger, sign_in, project, name):
    assert viewer.post(url(name, made), {"frame": 0}).status_code == 403
    assert stranger.post(url(name, made), {"frame": 0}).status_code == 404
    assert "Use this frame" not in viewer.get(url("generation", made)).content.decode()
    page = sign_in(member(project, Role.ARTIST)).get(url("generation", made))
    assert "Use this frame" in page.content.decode()
    assert not Still.objects.exists()
