"""What grows is ordered once and put in its place: paid first, placed second, never lost."""

import json
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4, uuid5

from generations.canvas import FPS
from generations.models import Generation, State
from generations.ordering import accept, refuse_dearer, retry
from generations.refusal import Refused, upper_first
from studio.editing import holding, operations
from studio.editing.cut import Clip, Cut, Into, Lengths
from studio.editing.footage import lengths_of
from studio.editing.growing import GONE, Growth, Where
from studio.models import Overtaken, Sequence
from studio.timecode import frames_in

_TRIES = 20
_CHANGED = (
    "The clip was changed since you looked, so that it would be made from another frame. Look at "
    "it again; nothing was ordered."
)
_LINED = "{take} is in line, and has its place. Undoing takes out its clip, not the take."
_ASKED = "{take} waits for a producer's approval. Undoing takes out its clip, not the take."
_THERE = "It was ordered already, and has its place."
_ON_BOARD = (
    "{take} was ordered, but couldn't be put into the sequence: {why} You find it on the board, "
    "and can add it from the bin."
)
_CLIP_GONE = "somebody removed the clip that it grows from."
_TOO_BUSY = "others changed the sequence all the while."


class _ClipGone(Exception):
    """The clip that something grows from isn't in the sequence any more."""


@dataclass(frozen=True)
class Grown:
    """What became of a press: what is said of it, and the clip, where it has its place."""

    words: str
    key: str = ""


def grow(
    growth: Growth,
    author: Any,
    key: UUID | None = None,
    *,
    sign: str = "",
    asks: bool = False,
    seen_usd: Any = None,
) -> Grown:
    """Order what grows and put it in its place at once, to become the take when that is made.

    `key` names the press: sent again, it orders nothing more, and puts in its place what was
    ordered and isn't there. `sign` is what was shown that it is made from. `asks` and `seen_usd` as
    in `ordering.accept`. Raises Refused, and then nothing is ordered.
    """
    key = key or uuid4()
    clip_key = _clip_key(key, growth)
    if any(clip.key == clip_key for clip in growth.cut.clips):
        return Grown(_THERE, clip_key)
    if sign and sign != growth.sign:
        raise Refused({"": _CHANGED})
    growth.check()
    refuse_dearer(growth.price_usd, seen_usd)
    stand_in = uuid4()
    clip = Clip(clip_key, take=stand_in, only_new=True)
    frames = {stand_in: frames_in(growth.asked.duration_s, FPS)}
    lengths = Lengths(growth.lengths.takes | frames, growth.lengths.new)
    operations.checked(put(growth.cut, growth, clip), lengths)  # refused before it is paid for
    with growth.ordered(author) as order:
        take = accept(growth.project, author, order, key=key, asks=asks, seen_usd=seen_usd)
    return _place(growth, author, take, replace(clip, take=take.uuid))


def put(cut: Cut, growth: Growth, clip: Clip) -> Cut:
    """Return a cut with what grows in its place. Raises Refused, and _ClipGone.

    How the clips went over into each other there, they still do; where something grows there is a
    cut.
    """
    if any(each.key == clip.key for each in cut.clips):
        return cut
    place, is_behind = _place_in(cut, growth)
    if is_behind and place:
        before = cut.clips[place - 1]
        into = before.into if growth.where is Where.AFTER else Into()
        cut = cut.with_clip(replace(before, into=Into()))
        clip = replace(clip, into=into)
    return operations.insert(cut, [clip], place)


def again(
    sequence: Sequence, key: str, author: Any, *, asks: bool = False, seen_usd: Any = None
) -> Generation:
    """Retry the take of a clip; the clip stays where it is. Raises Refused."""
    try:
        clip = sequence.cut.clip(key)
    except KeyError:
        raise Refused({"": GONE}) from None
    found = Generation.objects.select_related("prompt", "version_of", "project__team", "account")
    take = found.filter(project=sequence.project, uuid=clip.take or uuid4()).first()
    if take is None:
        raise Refused({"": "The take of that clip is gone. Swap it for another."})
    retry(take, author, asks=asks, seen_usd=seen_usd)
    return take


def _place(growth: Growth, author: Any, take: Generation, clip: Clip) -> Grown:
    """Put the clip of an ordered take in its place, also where others change the sequence."""
    name = upper_first(take.name)
    for _ in range(_TRIES):
        sequence = Sequence.objects.select_related("head").get(pk=growth.sequence.pk)
        lengths = lengths_of(growth.project, sequence.cut, take.uuid)
        try:
            besides = _change(sequence, growth, author, take, clip, lengths)
        except Overtaken:
            continue
        except _ClipGone:
            return Grown(_ON_BOARD.format(take=name, why=_CLIP_GONE))
        except Refused as refused:
            return Grown(_ON_BOARD.format(take=name, why=str(refused)))
        said = _ASKED if take.state == State.REQUESTED else _LINED
        more = f" {upper_first(besides)}." if besides else ""
        return Grown(said.format(take=name) + more, clip.key)
    return Grown(_ON_BOARD.format(take=name, why=_TOO_BUSY))


def _change(
    sequence: Sequence,
    growth: Growth,
    author: Any,
    take: Generation,
    clip: Clip,
    lengths: Lengths,
) -> str:
    """Put it in, and return what of the transitions there that shortened, in words."""
    verb = {
        Where.AFTER: f"Extended clip {growth.number}",
        Where.BEFORE: f"Extended clip {growth.number} at its beginning",
        Where.BRIDGE: f"Bridged clip {growth.number} to the next",
    }[growth.where]
    said = f"{verb} with {take.name} (the take stays if this is undone)"
    _, besides = holding.change(
        sequence, sequence.version, author, said, lambda cut: put(cut, growth, clip), lengths
    )
    return besides


def _place_in(cut: Cut, growth: Growth) -> tuple[int, bool]:
    """Return at which place it goes, and whether that is behind a clip. Raises _ClipGone."""
    places = {clip.key: place for place, clip in enumerate(cut.clips)}
    if growth.key in places:
        is_behind = growth.where is not Where.BEFORE
        return places[growth.key] + is_behind, is_behind
    if growth.where is Where.BRIDGE and growth.next.key in places:
        return places[growth.next.key], False
    raise _ClipGone


def _clip_key(key: UUID, growth: Growth) -> str:
    """Return the key of the clip of a press: the same whenever the same is pressed again."""
    asked = growth.asked
    said = [growth.where, growth.key, asked.words.strip(), asked.model, asked.duration_s]
    return uuid5(key, json.dumps(said)).hex[:16]
