"""Growing the cut through the front door: prices, presses, joins, and what a stranger sees."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from generations import discarding, frames, pricing
from generations.kinds import Kind
from generations.models import Account, Asset, Budget, Generation, SpendingRules, State
from studio.editing.cut import Clip, Cut, Into, Join
from studio.models import Role, Sequence
from tests.factories import keep_file, member, take, tiny_poster
from tests.generations.test_at_once import at_once

HTMX = {"HX-Request": "true", "HX-Target": "growing"}
LANES = {"HX-Request": "true", "HX-Target": "lanes"}


@pytest.fixture
def takes(project, artist):
    return [take(project, State.COMPLETED, author=artist) for _ in range(2)]


@pytest.fixture
def sequence(project, artist, takes):
    clips = tuple(Clip(key, each.uuid) for key, each in zip("ab", takes, strict=True))
    return Sequence.begin(project, artist, "Rough cut", Cut(clips))


def panel(client, sequence, clip="a", **typed):
    sent = {"clip": clip, **typed}
    answer = client.post(reverse("growing", args=[sequence.uuid]), sent, headers=HTMX)
    assert answer.status_code == 200
    return answer.content.decode().replace("&#x27;", "'")


def fields(page, verb):
    """What a button of the panel sends."""
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    found["words"] = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)[1]
    chosen = re.findall(r'<select id="grow-(\w+)".*?value="([^"]+)" selected', page, re.DOTALL)
    found |= {{"model": "model", "length": "duration_s"}[name]: value for name, value in chosen}
    button = re.search(rf'{verb}/" name="shown_usd" value="([\d.]*)"', page)
    return found | {"shown_usd": button[1]}


def press(client, sequence, verb, sent, headers=LANES):
    url = reverse(verb.replace("-", "_"), args=[sequence.uuid])
    return client.post(url, sent, headers=headers)


def keys(sequence):
    return [clip.key for clip in Sequence.objects.get(pk=sequence.pk).cut.clips]


def test_every_button_has_its_price_and_says_how_it_is_made(client, sequence):
    page = panel(client, sequence)
    for words in ("Extend after this clip", "Extend before this clip", "Bridge to the next clip"):
        assert words in page
    assert page.count("$0.71") == 3
    assert "Luma Dream Machine continues take 1 itself." in page
    assert "Luma Dream Machine leads up to take 1 itself." in page
    assert "Luma Dream Machine makes the way from take 1 to take 2." in page
    assert ">Fog lifts through a pine valley</textarea>" in page
    assert "Bridge" not in panel(client, sequence, "b")


def test_another_length_and_model_have_another_price_and_keep_the_words(client, sequence):
    page = panel(
        client, sequence, words="The fog <comes> back", model="ray-flash-2", duration_s="9"
    )
    assert page.count("$0.44") == 3
    assert "The fog &lt;comes&gt; back" in page
    odd = panel(client, sequence, model="ray-9", duration_s="7")
    assert odd.count("$0.71") == 3


@pytest.mark.parametrize(
    ("verb", "order"),
    [("extend-after", "anb"), ("extend-before", "nab"), ("bridge", "anb")],
)
def test_a_press_orders_and_has_its_place_at_once(client, sequence, verb, order):
    sent = fields(panel(client, sequence), verb) | {"words": "The fog comes back"}
    answer = press(client, sequence, verb, sent).content.decode()
    made = Generation.objects.latest("pk")
    assert made.prompt.words == "The fog comes back"
    assert "clip--dreaming" in answer
    assert "Take 3 is in line, and has its place." in answer
    assert [key if key in "ab" else "n" for key in keys(sequence)] == list(order)


def test_a_press_without_scripts_leads_back_to_the_timeline(client, sequence):
    url = reverse("growing", args=[sequence.uuid])
    page = client.get(url, {"clip": "a"}).content.decode()
    assert "<title>Rough cut" in page
    answer = press(client, sequence, "extend-after", fields(page, "extend-after"), headers=None)
    assert answer.url.startswith(reverse("sequence", args=[sequence.uuid]) + "?clip=")
    assert len(keys(sequence)) == 3
    linked = client.get(reverse("sequence", args=[sequence.uuid]), {"clip": "a"}).content.decode()
    assert f"{url}?clip=a" in linked


def test_a_second_press_orders_nothing_and_a_refused_one_keeps_what_was_typed(client, sequence):
    sent = fields(panel(client, sequence), "bridge")
    for _ in range(2):
        assert press(client, sequence, "bridge", sent).status_code == 200
    assert Generation.objects.count() == 3
    assert len(keys(sequence)) == 3
    page = press(client, sequence, "extend-before", sent | {"words": "x"}, headers=None)
    assert "Write at least 3 characters" in page.content.decode()
    assert ">x</textarea>" in page.content.decode()
    assert Generation.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_of_presses_at_once_one_is_paid_and_placed(sequence, artist, sign_in):
    client = sign_in(artist)
    sent = fields(panel(client, sequence), "extend-after")
    at_once(*[lambda: press(sign_in(artist), sequence, "extend-after", sent)] * 4)
    assert Generation.objects.count() == 3
    assert len(keys(sequence)) == 3


@pytest.mark.django_db(transaction=True)
def test_people_who_grow_one_clip_at_once_each_have_their_take_in_place(
    sequence, project, artist, sign_in
):
    pages = [fields(panel(sign_in(artist), sequence), "extend-after") for _ in range(3)]
    at_once(
        *[
            lambda sent=sent: press(sign_in(artist), sequence, "extend-after", sent)
            for sent in pages
        ]
    )
    assert Generation.objects.count() == 5
    assert len(keys(sequence)) == 5


def test_a_price_that_rose_since_it_was_shown_is_told(client, sequence, project):
    sent = fields(panel(client, sequence), "extend-after")
    account = Account.objects.get(team=project.team)
    pricing.set_own(account, "ray-2", Kind.VIDEO, price_usd=Decimal(9))
    page = press(client, sequence, "extend-after", sent).content.decode()
    assert "It costs $9.00, and $0.71 was shown." in page
    assert Generation.objects.count() == 2
    assert panel(client, sequence).count("$9.00") == 3


def test_above_the_threshold_the_button_asks_a_producer(client, sequence, project, sign_in):
    SpendingRules.objects.create(team=project.team, approval_above_usd="0.50")
    page = panel(client, sequence)
    assert "Request: extend after this clip" in page
    press(client, sequence, "extend-after", fields(page, "extend-after"))
    assert Generation.objects.latest("pk").state == State.REQUESTED
    assert len(keys(sequence)) == 3
    producer = sign_in(member(project, Role.PRODUCER))
    assert "Request" not in panel(producer, sequence)


def test_without_room_in_the_budget_no_button_can_be_pressed(client, sequence, project):
    sent = fields(panel(client, sequence), "extend-after")
    Budget.objects.create(team=project.team, limit_usd=Decimal("1.50"))
    page = panel(client, sequence)
    assert page.count("Over budget.") == 3
    assert "Ask a producer to raise it" in page
    press(client, sequence, "extend-after", sent)
    assert Generation.objects.count() == 2
    assert keys(sequence) == ["a", "b"]


def test_a_failed_one_is_retried_or_removed_in_its_place(client, sequence, project, artist):
    failed = take(project, State.FAILED, author=artist)
    sequence.change(
        1, artist, "Added", lambda c: Cut((c.clips[0], Clip("n", failed.uuid), c.clips[1]))
    )
    page = panel(client, sequence, "n")
    price = re.search(r'name="shown_usd" value="([\d.]+)"><span>Retry in its place', page)[1]
    answer = press(client, sequence, "retry_clip", {"clip": "n", "shown_usd": price})
    assert "Take 3 is in line again." in answer.content.decode()
    failed.refresh_from_db()
    assert failed.state == State.WAITING
    assert keys(sequence) == ["a", "n", "b"]
    again = press(client, sequence, "retry_clip", {"clip": "n", "shown_usd": price})
    assert "isn&#x27;t waiting to be retried" in again.content.decode()
    gone = press(client, sequence, "retry_clip", {"clip": "zz"})
    assert "isn&#x27;t in the sequence any more" in gone.content.decode()
    assert 'remove/" data-saves' in page


def test_what_isnt_here_says_so_and_a_clip_that_is_gone_too(client, sequence, project, artist):
    coming = take(project, State.DREAMING, author=artist)
    sequence.change(1, artist, "Added", lambda c: Cut((*c.clips, Clip("n", coming.uuid))))
    page = panel(client, sequence, "n")
    assert "Take 3: dreaming. It can grow once its take is here." in page
    assert "take 3 isn't here" in page
    assert "That clip isn't in the sequence any more." in panel(client, sequence, "zz")
    sent = {"clip": "n", "words": "On and on", "model": "ray-2", "duration_s": "5"}
    assert "Take 3: dreaming" in press(client, sequence, "extend-after", sent).content.decode()
    assert Generation.objects.count() == 3


def test_a_viewer_sees_the_joins_and_orders_nothing(viewer, client, sequence):
    page = panel(viewer, sequence)
    assert "Joins" in page
    assert "Extend" not in page
    sent = fields(panel(client, sequence), "extend-after")
    for verb in ("extend-after", "extend-before", "bridge", "retry_clip"):
        assert press(viewer, sequence, verb, sent).status_code == 403
    assert Generation.objects.count() == 2


# --- seams ----------------------------------------------------------------------------------------


def other_film(made):
    """Give a take another picture: the frame that the first has, upside down."""
    from generations import ffmpeg
    from tests.factories import _folder

    file = _folder() / "other.mp4"
    if not file.exists():
        source = ["-f", "lavfi", "-i", "color=red:size=320x180:rate=24:duration=2"]
        encode = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
        ffmpeg.run([*source, *encode, str(file)], timeout_s=60)
    keep_file(made, Asset.Kind.VIDEO, file, "video/mp4")


def seams(client, sequence, *clips):
    return client.get(reverse("seams", args=[sequence.uuid]), {"clip": clips}).json()


def test_the_strip_shows_both_frames_and_how_far_they_are_apart(client, sequence, takes):
    other_film(takes[1])
    page = panel(client, sequence)
    assert "seam--jump" in page
    assert "a visible jump" in page
    pictures = re.findall(r'<img src="([^"]+)" alt="(\w+ frame of clip \d)"', page)
    assert [alt for _, alt in pictures] == ["Last frame of clip 1", "First frame of clip 2"]
    for url, _ in pictures:
        answer = client.get(url)
        assert answer["Content-Type"] == "image/webp"
        assert "immutable" in answer["Cache-Control"]
    assert pictures[0][0].endswith("/47")


def test_a_clip_that_is_split_is_seamless_and_a_transition_isnt_judged(client, sequence, artist):
    one, b = sequence.cut.clips[0].take, sequence.cut.clips[1]
    first = Clip("a", one, 0, 18)
    sequence.change(1, artist, "Split", lambda _: Cut((first, Clip("c", one, 18, 48), b)))
    found = seams(client, sequence, "a")["seams"]["a"]
    assert (found["name"], found["words"]) == ("seamless", "seamless")
    faded = Clip("a", one, 0, 18, Into(Join.CROSSFADE, 6))
    sequence.change(2, artist, "Faded", lambda _: Cut((faded, b)))
    assert seams(client, sequence, "a")["seams"]["a"] == {
        "name": "unjudged",
        "words": "crossfade, which hides what differs",
        "score": None,
    }


def test_few_videos_are_looked_into_at_once_and_the_rest_is_asked_again(
    client, sequence, artist, django_assert_max_num_queries
):
    one = sequence.cut.clips[0].take
    clips = tuple(Clip(f"c{n}", one, n, n + 6) for n in range(0, 40))
    sequence.change(1, artist, "Many", lambda _: Cut(clips))
    wanted = [clip.key for clip in clips]
    with django_assert_max_num_queries(8):
        first = seams(client, sequence, *wanted)
    assert len(first["later"]) == 35
    second = seams(client, sequence, *first["later"])
    assert len(second["later"]) < 35
    known = seams(client, sequence, *first["seams"])
    assert known == {"seams": first["seams"], "later": []}


def test_small_pictures_of_frames_are_made_once_and_go_with_the_film(client, takes, sequence):
    page = panel(client, sequence)
    url = re.search(r'<img src="(/media/[^"]+)"', page)[1]
    video = takes[0].assets.get(kind="video")
    assert frames.are_kept(video, 47)
    made = frames.small(video, 47).stat().st_mtime_ns
    assert client.get(url).status_code == 200
    assert frames.small(video, 47).stat().st_mtime_ns == made
    beyond, another = url.replace("/47", "/48"), url.replace(video.sha256[:16], "0" * 16)
    assert {client.get(it).status_code for it in (beyond, another)} == {404}
    frames.forget(video)
    assert not frames.are_kept(video, 47)
    assert client.get(url).status_code == 200


def test_a_video_that_cant_be_read_is_no_jump(client, takes, sequence):
    takes[1].assets.get(kind="video").file.write_bytes(tiny_poster().read_bytes())
    page = panel(client, sequence)
    assert "its frames can't be read" in page
    url = re.search(r'<img src="([^"]+/0)"', page)[1]
    assert client.get(url).status_code == 404


def test_purging_a_take_removes_its_frames(client, takes, sequence, artist):
    panel(client, sequence)
    video = takes[0].assets.get(kind="video")
    assert frames.are_kept(video, 47)
    discarding.discard([takes[0]], artist)
    takes[0].refresh_from_db()
    discarding.purge(takes[0], artist)
    assert not frames.are_kept(video, 47)
