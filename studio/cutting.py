"""What people do to a sequence, read from what they sent, and in the words that undoing shows."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.http import QueryDict

from generations.models import Generation
from generations.refusal import Refused
from studio.bin import can_be_cut, videos_of
from studio.editing import holding, operations
from studio.editing.cut import FPS, Clip, Cut, Into, Join, Lengths, new_key
from studio.editing.footage import lengths_of
from studio.editing.written import Unreadable
from studio.models import Edit, NamedCut, Overtaken, Project, Sequence, User
from studio.timecode import frames_said

FIRST_NAME = "Rough cut"
MOST_AT_ONCE = 200

_TIMES = {
    "in": "in point",
    "out": "out point",
    "frames": "length",
    "length": "length",
    "at": "beginning",
    "fade_in": "fade in",
    "fade_out": "fade out",
}
_NOT_READABLE = (
    "The newest sequence, “{name}”, can't be read, so nothing was added. Delete it on the "
    "timeline's page, or begin another there."
)
_NO_CLIP = "Choose a clip first."
_ONE_CLIP = "Choose just one clip for that."
_NO_TAKE = "That take isn't there to be added: it may be in the trash, or was never generated."
_UNREADABLE = "Write the {name} as a timecode (1:12), in seconds (1.5) or as a frame's number."


@dataclass(frozen=True)
class Done:
    """What was done: the state that came of it, and which clips it is about.

    `besides` is what else that did, which nobody asked for.
    """

    edit: Edit
    keys: list[str]
    besides: str = ""


@dataclass(frozen=True)
class Cutting:
    """Somebody's change to a sequence; `sent` has the `version` that they saw, and `clip`s."""

    sequence: Sequence
    author: User
    sent: QueryDict

    @property
    def version(self) -> int:
        """The version that they saw; 0, which is none, where they don't say it."""
        return number_in(self.sent, "version", 0)

    @property
    def keys(self) -> list[str]:
        """The clips that they mean. Raises Refused where there is none."""
        found = list(dict.fromkeys(key for key in self.sent.getlist("clip") if key))
        if not found:
            raise Refused({"": _NO_CLIP})
        return found

    @property
    def key(self) -> str:
        """The one clip that they mean. Raises Refused."""
        if len(self.keys) > 1:
            raise Refused({"": _ONE_CLIP})
        return self.keys[0]

    @cached_property
    def lengths(self) -> Lengths:
        """How long the takes of the sequence are."""
        return lengths_of(self.sequence.project, self.sequence.cut)

    def add(self) -> Done:
        """Put takes at a `place`, or at the end."""
        takes = addable(self.sequence.project, self.sent.getlist("take"))
        place = number_in(self.sent, "place", -1)
        return put(self.sequence, self.version, self.author, takes, place if place >= 0 else None)

    def move(self) -> Done:
        """Put clips before the one at a `place`; with `by` one place further or back."""
        keys = self.keys
        place = self._place_by(keys) if "by" in self.sent else number_in(self.sent, "place", 0)
        return self.placing(
            f"Moved {self._named(keys)}", lambda cut: operations.move(cut, keys, place), keys
        )

    def trim(self) -> Done:
        """Give a clip an `in` and an `out` point; what isn't said stays."""
        key, clip = self.key, self._clip(self.key)
        first, end = self.lengths.ends_of(clip)
        begin = self.frames("in", first)
        out = self.frames("out", end if clip.only_new else clip.out_frame)
        return self.done(
            f"Trimmed {self._named([key])}",
            lambda cut: operations.trim(cut, key, begin or 0, out, self.lengths),
            [key],
        )

    def split(self) -> Done:
        """Make two clips of one, `at` so many frames after its start."""
        key, at = self.key, self.frames("at", 0) or 0
        place = self.sequence.cut.place_of(key) if self._clip(key) else 0
        done = self.done(
            f"Split {self._named([key])}",
            lambda cut: operations.split(cut, key, at, self.lengths),
            [key],
        )
        return Done(done.edit, [done.edit.cut.clips[place + 1].key])

    def duplicate(self) -> Done:
        """Put copies of clips behind them."""
        keys = self.keys
        done = self.placing(
            f"Duplicated {self._named(keys)}",
            lambda cut: operations.checked(operations.duplicate(cut, keys), self.lengths),
            keys,
        )
        last = max(done.edit.cut.place_of(key) for key in keys)
        copies = done.edit.cut.clips[last + 1 : last + 1 + len(keys)]
        return Done(done.edit, [it.key for it in copies], done.besides)

    def remove(self) -> Done:
        """Take clips out; the one that is then in their place is chosen."""
        keys = self.keys
        first = min((self.sequence.cut.place_of(key) for key in keys if self._clip(key)), default=0)
        done = self.placing(
            f"Removed {self._named(keys)}", lambda cut: operations.remove(cut, keys), []
        )
        chosen = [clip.key for clip in done.edit.cut.clips[first : first + 1]]
        return Done(done.edit, chosen, done.besides)

    def swap(self) -> Done:
        """Show another `take` in a clip."""
        key, (take,) = self.key, addable(self.sequence.project, self.sent.getlist("take")[-1:])
        lengths = lengths_of(self.sequence.project, self.sequence.cut, take.uuid)
        return self.done(
            f"Swapped {self._named([key])} for {take.name}",
            lambda cut: operations.swap(cut, key, take.uuid, lengths),
            [key],
        )

    def join(self) -> Done:
        """Have a clip go over into the next by a `join`, for so many `frames`."""
        key, asked = self.key, self.sent.get("join", "")
        way = Join(asked) if asked in list(Join) else Join.CUT
        frames = 0 if way is Join.CUT else self.frames("frames", 0) or 0
        said = {Join.CUT: "Cut", Join.CROSSFADE: "Crossfade", Join.BLACK: "Dip to black"}[way]
        return self.done(
            f"{said} after {self._named([key])}",
            lambda cut: operations.join(cut, key, Into(way, frames), self.lengths),
            [key],
        )

    def sound(self) -> Done:
        """Set whether the take's own sound is heard in a clip, and by how many dB louder."""
        key, muted = self.key, "muted" in self.sent
        gain_db = decibels(self.sent, "gain_db")
        return self.done(
            f"{'Muted' if muted else 'Set the sound of'} {self._named([key])}",
            lambda cut: operations.turn_up(operations.mute(cut, key, muted=muted), key, gain_db),
            [key],
        )

    # --- how ---------------------------------------------------------------------------------

    def done(self, said: str, change: Callable[[Cut], Cut], keys: list[str]) -> Done:
        """Save a change, `keys` being what it is about. Raises as Sequence.change."""
        return Done(self.sequence.change(self.version, self.author, said, change), keys)

    def placing(self, said: str, change: Callable[[Cut], Cut], keys: list[str]) -> Done:
        """Save a change of which clips stand beside which: it shortens transitions, and says so."""
        edit, besides = holding.change(
            self.sequence, self.version, self.author, said, change, self.lengths
        )
        return Done(edit, keys, besides)

    def refuse_late(self) -> None:
        """Raise Overtaken where somebody else's change took out what this one is about."""
        self.sequence.change(self.version, self.author, "", lambda cut: cut)

    def _clip(self, key: str) -> Clip:
        try:
            return self.sequence.cut.clip(key)
        except KeyError:
            self.refuse_late()
            raise Refused({"": operations.GONE}) from None

    def _named(self, keys: list[str]) -> str:
        if len(keys) != 1:
            return f"{len(keys)} clips"
        return f"clip {self.sequence.cut.place_of(keys[0]) + 1}" if self._clip(keys[0]) else ""

    def _place_by(self, keys: list[str]) -> int:
        places = [self.sequence.cut.place_of(key) for key in keys if self._clip(key)]
        is_on = self.sent.get("by") == "1"
        return max(places) + 2 if is_on else max(min(places) - 1, 0)

    def frames(self, name: str, usual: int | None) -> int | None:
        """Return a time that was typed, in frames; the usual where none was. Raises Refused."""
        said = self.sent.get(name, "").strip()
        if not said:
            return usual
        frames = frames_said(said, FPS)
        if frames is None:
            what = _TIMES.get(name, "time")
            raise Refused({name: _UNREADABLE.format(name=what)})
        return frames


def put(
    sequence: Sequence,
    version: int,
    author: User,
    takes: list[Generation],
    place: int | None = None,
) -> Done:
    """Put takes into a sequence, at its end where no place is said. Raises as Sequence.change."""
    clips = [Clip(new_key(), take.uuid) for take in takes]
    lengths = lengths_of(sequence.project, sequence.cut, *(take.uuid for take in takes))
    what = takes[0].name if len(takes) == 1 else f"{len(takes)} takes"
    edit, besides = holding.change(
        sequence,
        version,
        author,
        f"Added {what}",
        lambda cut: operations.insert(cut, clips, place),
        lengths,
    )
    return Done(edit, [clip.key for clip in clips], besides)


def restore(sequence: Sequence, version: int, author: User, named: NamedCut) -> Done:
    """Have a sequence be as it was when it got that name. Raises as Sequence.change."""
    cut = named.edit.cut
    lengths = lengths_of(sequence.project, cut)
    said = f"Restored {named.name}"
    edit, besides = holding.change(
        sequence, version, author, said, lambda _: cut, lengths, anew=True
    )
    return Done(edit, [], besides)


def append(project: Project, author: User, takes: list[Generation]) -> tuple[Sequence, Done]:
    """Put takes at the end of a project's newest sequence, or of one that is begun for them.

    What comes at the end is in nobody's way: who is overtaken tries again. Raises Refused.
    """
    for is_last in (False, False, True):
        newest = Sequence.objects.filter(project=project).select_related("head").first()
        sequence = newest or Sequence.begin(project, author, FIRST_NAME)
        sequence.project = project
        try:
            return sequence, put(sequence, sequence.version, author, takes)
        except Unreadable:
            raise Refused({"": _NOT_READABLE.format(name=sequence)}) from None
        except Overtaken:
            if is_last:
                raise
    raise AssertionError


def addable(project: Project, named: list[str]) -> list[Generation]:
    """Return takes of a project that can be cut, in the order in which they are named.

    Raises Refused where one can't.
    """
    uuids = [uuid for uuid in map(_uuid, named) if uuid]
    found = {
        take.uuid: take
        for take in videos_of(project).filter(can_be_cut(), uuid__in=uuids[:MOST_AT_ONCE])
    }
    if not named or len(uuids) < len(named) or not set(uuids) <= set(found):
        raise Refused({"": _NO_TAKE})
    return [found[uuid] for uuid in uuids]


def number_in(sent: QueryDict, name: str, otherwise: int) -> int:
    """Return a whole number of what was sent, or something else where it is none."""
    said = sent.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else otherwise


def decibels(sent: QueryDict, name: str) -> float:
    """Return the decibels that somebody typed. Raises Refused."""
    said = sent.get(name, "0")
    try:
        return round(float(said.replace(",", ".").replace("−", "-") or 0), 1)
    except ValueError:
        raise Refused({name: "Write the gain as a number of decibels, such as -6."}) from None


def _uuid(said: str) -> UUID | None:
    try:
        return UUID(said)
    except ValueError:
        return None
