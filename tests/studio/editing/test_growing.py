"""Growing the cut: what is ordered so that a take joins a clip, and where its clip is put."""

from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest

from generations import pricing
from generations.kinds import Kind
from generations.models import Account, Budget, Generation, SpendingRules, State, Still
from generations.refusal import Refused
from studio.editing import operations
from studio.editing.cut import Clip, Cut, Into, Join, Lengths
from studio.editing.growing import Asked, Growth, Where, usual
from studio.editing.grown import grow, put
from studio.models import Overtaken, Role, Sequence
from tests.factories import AccountFactory, ProjectFactory, member, still, take, version

FRAMES = 48  # of the factories' video
ASKED = Asked("The dunes go on", "ray-2", 5)
FADE = Into(Join.CROSSFADE, 12)


@pytest.fixture
def takes(project, artist):
    return [take(project, State.COMPLETED, author=artist) for _ in range(2)]


@pytest.fixture
def sequence(project, artist, takes):
    project.role = Role.ARTIST
    cut = Cut(tuple(Clip(key, each.uuid) for key, each in zip("ab", takes, strict=True)))
    return Sequence.begin(project, artist, "Rough cut", cut)


def growth(sequence, where=Where.AFTER, key="a", asked=ASKED):
    return Growth(sequence, key, where, asked)


def trimmed(sequence, artist, key="a", begin=0, out=None):
    lengths = growth(sequence).lengths
    sequence.change(
        sequence.version, artist, "Trimmed", lambda c: operations.trim(c, key, begin, out, lengths)
    )
    return sequence


def now(sequence):
    return Sequence.objects.get(pk=sequence.pk).cut


def keys_of(sequence):
    return [clip.key for clip in now(sequence).clips]


def ends_of(made):
    return {
        frame.position: frame.source or (frame.still.source, frame.still.frame)
        for frame in made.keyframes.all()
    }


# --- what is ordered ------------------------------------------------------------------------------


def test_after_a_whole_clip_the_take_itself_is_continued(sequence, artist, takes):
    grown = grow(growth(sequence), artist)
    made = Generation.objects.latest("pk")
    assert ends_of(made) == {"start": takes[0]}
    assert (made.prompt.words, made.prompt.model, made.prompt.duration_s) == (
        *("The dunes go on", "ray-2"),
        5,
    )
    assert (made.prompt.ratio, made.prompt.resolution) == ("16:9", "720p")
    assert keys_of(sequence) == ["a", grown.key, "b"]
    clip = now(sequence).clip(grown.key)
    assert (clip.take, clip.out_frame) == (made.uuid, None)
    assert grown.words.startswith("Take 3 is in line, and has its place.")


def test_before_a_whole_clip_it_is_led_up_to(sequence, artist, takes):
    grown = grow(growth(sequence, Where.BEFORE), artist)
    assert ends_of(Generation.objects.latest("pk")) == {"end": takes[0]}
    assert keys_of(sequence) == [grown.key, "a", "b"]


def test_two_whole_clips_are_bridged_from_take_to_take(sequence, artist, takes):
    grown = grow(growth(sequence, Where.BRIDGE), artist)
    assert ends_of(Generation.objects.latest("pk")) == {"start": takes[0], "end": takes[1]}
    assert keys_of(sequence) == ["a", grown.key, "b"]


def test_a_trimmed_clip_is_continued_from_the_very_frame_it_ends_on(sequence, artist, takes):
    wanted = growth(trimmed(sequence, artist, out=30))
    assert wanted.words == (
        "Goes on from the clip's last frame as a picture: the clip ends before take 1 does."
    )
    grow(wanted, artist)
    assert ends_of(Generation.objects.latest("pk")) == {"start": (takes[0], 29)}


def test_a_clip_that_begins_later_is_led_up_to_by_its_first_frame(sequence, artist, takes):
    wanted = growth(trimmed(sequence, artist, begin=7), Where.BEFORE)
    assert wanted.words == (
        "Leads up to the clip's first frame as a picture: the clip begins after take 1 does."
    )
    grow(wanted, artist)
    assert ends_of(Generation.objects.latest("pk")) == {"end": (takes[0], 7)}


def test_where_one_of_two_is_trimmed_both_are_bridged_as_pictures(sequence, artist, takes):
    wanted = growth(trimmed(sequence, artist, "b", begin=5), Where.BRIDGE)
    assert "as pictures: the clip begins after take 2 does." in wanted.words
    grow(wanted, artist)
    made = ends_of(Generation.objects.latest("pk"))
    assert made == {"start": (takes[0], FRAMES - 1), "end": (takes[1], 5)}


def test_another_version_that_plays_is_continued_from_its_own_last_frame(sequence, artist, takes):
    larger = version(takes[0], Kind.UPSCALE)
    wanted = growth(sequence)
    assert wanted.words.endswith("as a picture: a version of take 1 plays.")
    grow(wanted, artist)
    assert ends_of(Generation.objects.latest("pk")) == {"start": (larger, FRAMES - 1)}


def test_what_another_account_made_is_continued_as_a_picture(sequence, artist, project, takes):
    Account.objects.update(enabled=False)
    AccountFactory(team=project.team, key="luma-another")
    wanted = growth(sequence)
    assert wanted.words.endswith("as a picture: take 1 was made with another account.")
    grow(wanted, artist)
    assert ends_of(Generation.objects.latest("pk")) == {"start": (takes[0], FRAMES - 1)}


@pytest.mark.parametrize(
    ("lacks", "where", "why"),
    [
        ("extends", Where.AFTER, "the model can't go on from takes"),
        ("interpolates", Where.BRIDGE, "the model can't go from take to take"),
    ],
)
def test_a_model_that_cant_is_given_pictures(sequence, monkeypatch, lacks, where, why):
    from generations.catalogue import catalogue

    kinds = catalogue().models["ray-2"].kinds
    monkeypatch.setitem(kinds, Kind.VIDEO, replace(kinds[Kind.VIDEO], **{lacks: False}))
    assert growth(sequence, where).why_pictures == why


def test_the_usual_is_the_takes_own(takes):
    words = "Fog lifts through a pine valley"
    assert usual(takes[0]) == Asked(words, "ray-2", 5)


@pytest.mark.parametrize(
    ("key", "where", "says"),
    [
        ("b", Where.BRIDGE, "It is the last clip: there is no next one to bridge to."),
        ("c", Where.AFTER, "That clip isn't in the sequence any more."),
    ],
)
def test_what_cant_grow_says_why(sequence, key, where, says):
    with pytest.raises(Refused, match=says):
        assert growth(sequence, where, key).ends


def test_what_isnt_here_is_waited_for_and_a_card_has_nothing_to_go_on_from(
    sequence, artist, project
):
    coming, failed = take(project, State.DREAMING), take(project, State.FAILED)
    clips = [
        Clip("c", coming.uuid),
        Clip("d", failed.uuid),
        Clip("e", None, 0, 24, words="The end"),
    ]
    clips += [Clip("f", uuid4())]
    sequence.change(1, artist, "Added", lambda cut: operations.insert(cut, clips))
    says = {
        "c": "Take 3 isn't here yet. Wait for it.",
        "d": "Take 4 isn't here yet. Retry it first.",
        "e": "Clip 5 is a title card: there is no take to go on from.",
        "f": "The take of clip 6 is gone. Swap it for another first.",
    }
    for key, words in says.items():
        with pytest.raises(Refused) as refused:
            assert growth(sequence, key=key).ends
        assert str(refused.value) == words


def test_clips_of_other_shapes_arent_bridged(sequence, takes):
    takes[1].assets.filter(kind="video").update(width=180, height=320)
    with pytest.raises(Refused, match="Clip 1 is 16:9 and the next one 9:16"):
        growth(sequence, Where.BRIDGE).check()


# --- where it is put ------------------------------------------------------------------------------


def test_transitions_stay_with_the_clips_around_what_grows(sequence):
    a, b = now(sequence).clips
    made = Clip("n", uuid4())
    lengths = Lengths({a.take: 48, b.take: 48, made.take: 120})
    cut = Cut((replace(a, into=FADE), b))
    after = put(cut, growth(sequence), made)
    assert [clip.into for clip in after.clips] == [Into(), FADE, Into()]
    before = put(cut, growth(sequence, Where.BEFORE, "b"), made)
    assert [clip.into for clip in before.clips] == [FADE, Into(), Into()]
    bridged = put(cut, growth(sequence, Where.BRIDGE), made)
    assert [clip.into for clip in bridged.clips] == [Into(), Into(), Into()]
    for grown in (after, before, bridged):
        assert operations.held(cut, grown, lengths) == (grown, "")


def test_a_transition_for_which_what_grows_is_too_short_is_shortened_openly(
    sequence, artist, takes
):
    for each in takes:
        each.assets.filter(kind="video").update(duration_s=10)
    long = Into(Join.CROSSFADE, 200)
    sequence.change(
        1, artist, "Faded", lambda cut: cut.with_clip(replace(cut.clip("a"), into=long))
    )
    grown = grow(growth(sequence), artist)
    assert now(sequence).clip(grown.key).into == Into(Join.CROSSFADE, 119)
    words = "he crossfade after clip 2 is shortened to 119 frames"
    assert grown.words.endswith(f"not the take. T{words}.")
    head = Sequence.objects.get(pk=sequence.pk).head
    assert head.said.endswith(f"; t{words}")


# --- once, whatever happens -----------------------------------------------------------------------


def test_the_same_press_twice_orders_once(sequence, artist):
    key = uuid4()
    for _ in range(2):
        grow(growth(Sequence.objects.get(pk=sequence.pk), Where.BRIDGE), artist, key)
    assert Generation.objects.count() == 3
    assert len(keys_of(sequence)) == 3


def test_what_was_paid_for_before_the_process_died_is_put_in_its_place(
    sequence, artist, monkeypatch
):
    class Died(BaseException):
        pass

    def die(*_):
        raise Died

    key = uuid4()
    with monkeypatch.context() as patched:
        patched.setattr(Sequence, "change", die)
        with pytest.raises(Died):
            grow(growth(sequence), artist, key)
    assert keys_of(sequence) == ["a", "b"]
    grown = grow(growth(sequence), artist, key)
    assert keys_of(sequence) == ["a", grown.key, "b"]
    assert Generation.objects.count() == 3


def test_who_changed_the_sequence_meanwhile_loses_nothing_and_nor_does_the_take(sequence, artist):
    wanted = growth(sequence)
    theirs = Sequence.objects.get(pk=sequence.pk)
    theirs.change(1, artist, "Moved", lambda cut: operations.move(cut, ["a"], 2))
    grown = grow(wanted, artist)
    assert keys_of(sequence) == ["b", "a", grown.key]


def test_a_take_whose_clip_was_removed_is_on_the_board(sequence, artist):
    wanted = growth(sequence)
    theirs = Sequence.objects.get(pk=sequence.pk)
    theirs.change(1, artist, "Removed", lambda cut: operations.remove(cut, ["a"]))
    grown = grow(wanted, artist)
    assert grown.words == (
        "Take 3 was ordered, but couldn't be put into the sequence: somebody removed the clip that "
        "it grows from. You find it on the board, and can add it from the bin."
    )
    assert keys_of(sequence) == ["b"]


def test_a_bridge_whose_first_clip_was_removed_stands_before_its_second(sequence, artist):
    wanted = growth(sequence, Where.BRIDGE)
    theirs = Sequence.objects.get(pk=sequence.pk)
    theirs.change(1, artist, "Removed", lambda cut: operations.remove(cut, ["a"]))
    grown = grow(wanted, artist)
    assert keys_of(sequence) == [grown.key, "b"]


def test_where_others_never_stop_the_take_is_on_the_board(sequence, artist, monkeypatch):
    def overtaken(self, *_):
        raise Overtaken(self.head)

    monkeypatch.setattr(Sequence, "change", overtaken)
    assert "others changed the sequence all the while" in grow(growth(sequence), artist).words


def test_undoing_removes_the_clip_and_keeps_the_take(sequence, artist):
    grow(growth(sequence), artist)
    mine = Sequence.objects.get(pk=sequence.pk)
    undone = mine.undo(2)
    assert undone.said == "Extended clip 1 with take 3 (the take stays if this is undone)"
    assert keys_of(sequence) == ["a", "b"]
    assert Generation.objects.latest("pk").state == State.WAITING


def test_what_is_made_from_another_frame_than_shown_is_refused(sequence, artist):
    sign = growth(sequence).sign
    trimmed(sequence, artist, out=30)
    with pytest.raises(Refused, match="made from another frame"):
        grow(growth(sequence), artist, sign=sign)
    assert Generation.objects.count() == 2


# --- money ----------------------------------------------------------------------------------------


def test_a_price_that_rose_is_told_before_anything_is_kept(sequence, artist, project):
    account = Account.objects.get(team=project.team)
    pricing.set_own(account, "ray-2", Kind.VIDEO, price_usd=Decimal(9))
    wanted = growth(trimmed(sequence, artist, out=30))
    with pytest.raises(Refused, match=r"It costs \$9.00, and \$0.71 was shown"):
        grow(wanted, artist, seen_usd=Decimal("0.7078"))
    assert Generation.objects.count() == 2
    assert not Still.objects.exists()
    assert keys_of(sequence) == ["a", "b"]


def test_a_used_up_budget_refuses_and_keeps_no_picture(sequence, artist, project):
    Budget.objects.create(team=project.team, limit_usd=Decimal("1.50"))
    wanted = growth(trimmed(sequence, artist, out=30))
    with pytest.raises(Refused, match="budget"):
        grow(wanted, artist)
    assert Generation.objects.count() == 2
    assert not Still.objects.exists()
    assert keys_of(sequence) == ["a", "b"]


def test_a_picture_that_was_there_before_stays_when_an_order_is_refused(sequence, artist, project):
    wanted = growth(trimmed(sequence, artist, out=30))
    kept = wanted.ends[0].grab(artist)
    still(project)
    Budget.objects.create(team=project.team, limit_usd=Decimal("1.50"))
    with pytest.raises(Refused):
        grow(wanted, artist)
    assert Still.objects.filter(pk=kept.pk).exists()


def test_above_the_threshold_it_is_requested_and_has_its_place(sequence, artist, project):
    SpendingRules.objects.create(team=project.team, approval_above_usd="0.50")
    grown = grow(growth(sequence), artist, asks=True)
    assert grown.words.startswith("Take 3 waits for a producer's approval.")
    assert Generation.objects.latest("pk").state == State.REQUESTED
    assert keys_of(sequence) == ["a", grown.key, "b"]


# --- an extension that comes joined to its take ---------------------------------------------------


def test_only_what_is_new_of_a_joined_extension_is_shown(project, artist, sequence):
    grown = grow(growth(sequence), artist)
    lengths = Lengths({now(sequence).clip(grown.key).take: 168}, {})
    clip = now(sequence).clip(grown.key)
    assert lengths.ends_of(clip) == (0, 168)
    joined = replace(lengths, new={clip.take: (48, 168)})
    assert joined.ends_of(clip) == (48, 168)
    cut = Cut((clip,))
    assert operations.trim(cut, clip.key, 40, 168, joined).clips[0].in_frame == 40
    first, second = operations.split(cut, clip.key, 20, joined).clips
    assert [(it.in_frame, it.out_frame, it.only_new) for it in (first, second)] == [
        *((48, 68, False), (68, None, False)),
    ]
    other = uuid4()
    swapped = operations.swap(cut, clip.key, other, replace(joined, takes={other: 30}))
    assert not swapped.clips[0].only_new


def test_another_projects_sequence_has_none_of_its_clips(project, artist, takes):
    elsewhere = ProjectFactory(team=project.team)
    theirs = Sequence.begin(elsewhere, member(elsewhere), "Cut", Cut((Clip("a", takes[0].uuid),)))
    with pytest.raises(Refused, match="The take of clip 1 is gone"):
        assert growth(theirs).ends
