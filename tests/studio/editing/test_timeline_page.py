"""The timeline's page: who sees it, who cuts, and what each verb saves or says."""

import pytest
from django.urls import reverse

from generations.models import Asset, Generation, Keyframe, State
from studio.editing.cut import Clip, Cut, Into, Join
from studio.editing.footage import footage_of
from studio.models import Role, Sequence
from tests.factories import drawn, member, take

HTMX = {"HX-Request": "true", "HX-Target": "lanes"}
TINY_FRAMES = 48


@pytest.fixture
def takes(project, artist):
    return [take(project, State.COMPLETED, author=artist) for _ in range(3)]


@pytest.fixture
def sequence(project, artist, takes):
    """Three clips, a, b and c, of two seconds each."""
    clips = tuple(Clip(key, made.uuid) for key, made in zip("abc", takes, strict=True))
    return Sequence.begin(project, artist, "Rough cut", Cut(clips))


def post(client, sequence, verb, follow=False, version=None, **sent):
    now = Sequence.objects.get(pk=sequence.pk).version if version is None else version
    url = reverse(verb, args=[sequence.uuid])
    return client.post(url, {"version": now, **sent}, follow=follow)


def clips(sequence):
    return Sequence.objects.get(pk=sequence.pk).cut.clips


def keys(sequence):
    return "".join(clip.key for clip in clips(sequence))


def said(answer):
    return answer.content.decode().replace("&#x27;", "'")


def test_a_project_without_a_sequence_offers_to_begin_one(client, viewer, project):
    url = reverse("timeline", args=[project.slug])
    assert "Begin a sequence" in said(client.get(url))
    assert "An artist of the team can begin one." in said(viewer.get(url))
    begun = client.post(reverse("begin_sequence", args=[project.slug]), {"name": " Teaser "})
    made = Sequence.objects.get()
    assert (made.name, begun.url) == ("Teaser", reverse("sequence", args=[made.uuid]))
    assert "Teaser" in said(client.get(url))


def test_a_viewer_watches_and_changes_nothing(viewer, sequence):
    page = said(viewer.get(reverse("sequence", args=[sequence.uuid])))
    assert "data-clip" in page
    assert "data-may-cut" not in page
    assert "Takes" not in page.partition('class="cutting ')[2].partition("stage")[0]
    for name in ("add_clip", "move_clip", "trim_clip", "remove_clip", "undo", "rename_sequence"):
        assert post(viewer, sequence, name, clip="a").status_code == 403
    assert keys(sequence) == "abc"


def test_takes_are_added_at_the_end_or_at_a_place(client, sequence, project, artist):
    made = take(project, State.DREAMING, author=artist)
    post(client, sequence, "add_clip", take=str(made.uuid))
    post(client, sequence, "add_clip", take=str(made.uuid), place="1")
    assert [clip.take == made.uuid for clip in clips(sequence)] == [False, True, False, False, True]


@pytest.mark.parametrize("which", ["failed", "picture", "nonsense", "none"])
def test_what_cant_be_cut_is_refused_in_words(client, sequence, project, artist, which):
    named = {
        "failed": lambda: str(take(project, State.FAILED, author=artist).uuid),
        "picture": lambda: str(drawn(project, author=artist).uuid),
        "nonsense": lambda: "x\0",
        "none": lambda: "",
    }[which]()
    answer = post(client, sequence, "add_clip", follow=True, take=named)
    assert "That take isn't there to be added" in said(answer)
    assert keys(sequence) == "abc"


def test_clips_move_together_and_by_one_place(client, sequence):
    post(client, sequence, "move_clip", clip="c", place="0")
    assert keys(sequence) == "cab"
    post(client, sequence, "move_clip", clip=["c", "a"], place="3")
    assert keys(sequence) == "bca"
    post(client, sequence, "move_clip", clip="b", by="1")
    assert keys(sequence) == "cba"
    post(client, sequence, "move_clip", clip="a", by="-1")
    assert keys(sequence) == "cab"
    post(client, sequence, "move_clip", clip="c", by="-1")
    assert keys(sequence) == "cab"


@pytest.mark.parametrize("point", ["0:12", "12", "0.5", "00:00:00:12", "0,5 s"])
def test_points_are_said_in_timecode_seconds_or_frames(client, sequence, point):
    post(client, sequence, "trim_clip", clip="b", **{"in": point, "out": "1:12"})
    assert (clips(sequence)[1].in_frame, clips(sequence)[1].out_frame) == (12, 36)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"in": "1:00", "out": "0:12"}, "at least one frame after the in point"),
        ({"in": "0", "out": "3:00"}, "The take has only 48 frames"),
        ({"in": "soon", "out": "1:00"}, "Write the in point as a timecode"),
    ],
)
def test_points_that_cant_be_are_refused_in_words(client, sequence, sent, words):
    answer = post(client, sequence, "trim_clip", follow=True, clip="b", **sent)
    assert words in said(answer)
    assert clips(sequence)[1] == Clip("b", clips(sequence)[1].take)


def test_a_clip_is_split_duplicated_and_removed(client, sequence):
    post(client, sequence, "split_clip", clip="b", at="12")
    first, second = clips(sequence)[1:3]
    assert (first.out_frame, second.in_frame, second.out_frame) == (12, 12, None)
    post(client, sequence, "duplicate_clip", clip=["a", "b"])
    assert len(clips(sequence)) == 6
    assert clips(sequence)[2].take == clips(sequence)[0].take
    post(client, sequence, "remove_clip", clip=["a", "b"])
    assert len(clips(sequence)) == 4
    answer = post(client, sequence, "split_clip", follow=True, clip="c", at="0")
    assert "Put the playhead inside the clip" in said(answer)


def test_a_swapped_clip_keeps_its_points(client, sequence, project, artist):
    other = take(project, State.COMPLETED, author=artist)
    post(client, sequence, "trim_clip", clip="b", **{"in": "6", "out": "30"})
    post(client, sequence, "swap_clip", clip="b", take=str(other.uuid))
    swapped = clips(sequence)[1]
    assert (swapped.take, swapped.in_frame, swapped.out_frame) == (other.uuid, 6, 30)


def test_a_transition_has_a_length_that_fits(client, sequence):
    post(client, sequence, "join_clip", clip="a", join="crossfade", frames="0:12")
    assert clips(sequence)[0].into == Into(Join.CROSSFADE, 12)
    answer = post(client, sequence, "join_clip", True, clip="a", join="crossfade", frames="2:00")
    assert "48 frames are too long for these clips" in said(answer)
    post(client, sequence, "join_clip", clip="a", join="black", frames="10")
    assert clips(sequence)[0].into == Into(Join.BLACK, 10)
    post(client, sequence, "join_clip", clip="a", join="cut")
    assert clips(sequence)[0].into == Into()


def test_the_takes_own_sound_is_muted_and_turned_up(client, sequence):
    post(client, sequence, "sound_clip", clip="a", muted="on", gain_db="-6")
    assert (clips(sequence)[0].muted, clips(sequence)[0].gain_db) == (True, -6.0)
    answer = post(client, sequence, "sound_clip", follow=True, clip="a", gain_db="99")
    assert "The gain is between -60 and +12 dB." in said(answer)
    answer = post(client, sequence, "sound_clip", follow=True, clip="a", gain_db="loud")
    assert "Write the gain as a number of decibels" in said(answer)


def test_undo_and_redo_say_what_they_do(client, sequence):
    post(client, sequence, "remove_clip", clip="b")
    page = said(client.get(reverse("sequence", args=[sequence.uuid])))
    assert "Undo: removed clip 2" in page
    post(client, sequence, "undo")
    assert keys(sequence) == "abc"
    page = said(client.get(reverse("sequence", args=[sequence.uuid])))
    assert "Redo: removed clip 2" in page
    post(client, sequence, "redo")
    assert keys(sequence) == "ac"
    assert "There is nothing to redo." in said(post(client, sequence, "redo", follow=True))


@pytest.mark.parametrize("htmx", [False, True])
def test_the_second_of_two_is_told_who_was_first_and_nothing_is_lost(
    client, sign_in, sequence, project, htmx
):
    other = member(project)
    post(sign_in(other), sequence, "remove_clip", version=1, clip="b")
    url = reverse("trim_clip", args=[sequence.uuid])
    sent = {"version": 1, "clip": "b", "in": "6"}
    answer = client.post(url, sent, headers=HTMX if htmx else {})
    assert answer.status_code == 409
    assert f"{other}: Removed clip 2." in said(answer)
    assert "Your change wasn't saved" in said(answer)
    assert 'data-clip="c"' in said(answer)
    assert 'data-clip="b"' not in said(answer)
    assert keys(sequence) == "ac"


def test_a_change_that_says_no_version_saves_nothing(client, sequence):
    assert post(client, sequence, "remove_clip", version="", clip="a").status_code == 409
    assert keys(sequence) == "abc"


def test_a_save_answers_with_the_lanes_and_what_is_chosen_then(client, sequence):
    url = reverse("remove_clip", args=[sequence.uuid])
    answer = said(client.post(url, {"version": 1, "clip": "b"}, headers=HTMX))
    assert '<input type="hidden" id="version" name="version" value="2">' in answer
    assert "Clip 2, " in answer.partition('id="inspector"')[2]
    assert "Removed clip 2." in answer
    assert "<html" not in answer


def test_what_became_of_a_take_is_said_with_its_remedy(client, sequence, project, artist, takes):
    Asset.objects.filter(generation=takes[0], kind="video").update(width=640, height=360)
    takes[1].discard(takes[1].created_at, artist)
    dreaming = take(project, State.DREAMING, author=artist)
    failed = take(project, State.FAILED, author=artist)
    cut = Cut(
        (
            *sequence.cut.clips,
            Clip("g", takes[2].uuid),
            Clip("d", dreaming.uuid),
            Clip("e", failed.uuid),
            Clip("f", Generation(uuid="00000000-0000-4000-8000-000000000000").uuid),
        )
    )
    other = Sequence.begin(project, artist, "With troubles", cut)
    for key, words in {
        "a": "Another format.",
        "b": "Take 2 is in the trash",
        "d": "It takes its place here by itself as soon as it is ready.",
        "e": "Try it again on its page, or swap it for another take.",
        "f": "The take of this clip is gone",
    }.items():
        page = said(client.get(reverse("sequence", args=[other.uuid]), {"clip": key}))
        assert words in page.partition('id="inspector"')[2], key
    assert "Restore the take" in said(
        client.get(reverse("sequence", args=[other.uuid]), {"clip": "b"})
    )


def test_the_bin_has_the_finished_takes_first_and_finds_by_words(client, sequence, project, artist):
    take(project, State.DREAMING, author=artist)
    fox = take(project, State.COMPLETED, author=artist, words="A fox in the snow")
    drawn(project, author=artist)
    url = reverse("bin", args=[sequence.uuid])
    first = said(client.get(url, headers=HTMX))
    assert [f"Add take {n}" in first for n in (1, 2, 3, 4, 5, 6)] == [True] * 3 + [
        False,
        True,
        False,
    ]
    assert first.index("Add take 5") < first.index("Add take 3")
    assert "What isn't ready yet" in first
    behind = said(client.get(url, {"after": "coming~"}, headers=HTMX))
    assert "Add take 4" in behind
    found = said(client.get(url, {"find": "fox"}, headers=HTMX))
    assert f'data-bin-take="{fox.uuid}"' in found
    assert found.count("data-bin-take") == 1
    assert "No take says that." in said(client.get(url, {"find": "giraffe"}, headers=HTMX))


def test_the_bin_is_paged(client, sequence, project, monkeypatch):
    monkeypatch.setattr("studio.bin.PAGE", 2)
    url = reverse("bin", args=[sequence.uuid])
    first = said(client.get(url, headers=HTMX))
    assert "after=ready~2" in first.replace("%7E", "~")
    second = said(client.get(url, {"after": "ready~2"}, headers=HTMX))
    assert second.count("data-bin-take") == 1


def test_an_unchanged_sequence_costs_204_and_a_changed_one_says_who(
    client, sign_in, sequence, project
):
    url = reverse("sequence_live", args=[sequence.uuid])
    page = client.get(reverse("sequence", args=[sequence.uuid]))
    since = page.context["project"].event_count
    assert client.get(url, {"version": 1, "since": since}, headers=HTMX).status_code == 204
    other = member(project)
    post(sign_in(other), sequence, "remove_clip", clip="b")
    answer = client.get(url, {"version": 1, "since": since, "clip": "a"}, headers=HTMX)
    assert f"{other}: Removed clip 2." in said(answer)
    assert "Clip 1, " in said(answer)


def test_a_sequence_is_renamed_copied_and_deleted(client, sequence, project):
    post(client, sequence, "rename_sequence", name="Trailer")
    copied = post(client, sequence, "copy_sequence")
    assert {each.name for each in Sequence.objects.all()} == {"Trailer", "Trailer, copy"}
    assert said(client.get(copied.url)).count('<li class="clip ') == 3
    url = reverse("discard_sequence", args=[sequence.uuid])
    assert "Delete “Trailer”?" in said(client.get(url))
    post(client, sequence, "remove_clip", clip="a")
    assert client.post(url).status_code == 302
    assert [each.name for each in Sequence.objects.all()] == ["Trailer, copy"]


def test_two_hundred_clips_cost_ten_queries(
    client, project, artist, takes, django_assert_max_num_queries
):
    Keyframe.objects.create(generation=takes[1], position="start", source=takes[0])
    takes[1].assets.filter(kind="video").update(duration_s=7.0)  # the 2 s before, and 5 s
    many = tuple(Clip(f"k{n}", takes[n % 3].uuid) for n in range(200))
    made = Sequence.begin(project, artist, "Long", Cut(many))
    client.get(reverse("timeline", args=[project.slug]))  # the session is known from then on
    for url in (reverse("timeline", args=[project.slug]), reverse("sequence", args=[made.uuid])):
        with django_assert_max_num_queries(10):
            assert said(client.get(url)).count("data-clip=") == 200
    joined = footage_of(project, made.cut.takes)[takes[1].uuid]
    assert joined.new == (TINY_FRAMES, 168)


def test_a_reviewer_is_told_which_role_cutting_needs(sign_in, project, sequence):
    reviewer = sign_in(member(project, Role.REVIEWER))
    answer = post(reviewer, sequence, "remove_clip", clip="a")
    assert answer.status_code == 403
    assert "needs the role of artist or above" in said(answer)
