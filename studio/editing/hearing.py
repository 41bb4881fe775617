"""What is heard in a film, and when: the takes' own sound, music and voices. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from studio.editing.cut import Cut, Join, Lengths, Placed, Role, placed

QUIETEST_VOICE_DB = -45.0
_AHEAD, _HOLD = 3, 10  # frames: music gives way before the voice, and waits for its next words
_RISE_DB = 1.0  # a frame


@dataclass(frozen=True)
class Heard:
    """A part of a take's or a file's sound, from a frame of the film on; fades are in frames.

    `role` is none for the sound of a take.
    """

    source: UUID
    at: int
    in_frame: int
    frames: int
    gain_db: float = 0.0
    fade_in: int = 0
    fade_out: int = 0
    role: Role | None = None


def heard_in(cut: Cut, lengths: Lengths, sounds: Mapping[UUID, int]) -> list[Heard]:
    """Return all that is heard in a cut, what others give way to first.

    `sounds` are the lengths of the sound files in frames.
    """
    spots = placed(cut, lengths)
    end = spots[-1].ends if spots else 0
    music, voice = (
        [each for each in _placed_sounds(cut, sounds, end) if each.role is role]
        for role in (Role.MUSIC, Role.VOICE)
    )
    return [*_takes(spots), *voice, *music]


def _takes(spots: list[Placed]) -> Iterator[Heard]:
    fade_in = 0
    for at, spot in enumerate(spots):
        clip, last = spot.clip, at + 1 == len(spots)
        dips = clip.into.join is Join.BLACK and not last
        fade_out = (clip.into.frames + 1) // 2 if dips else spot.overlap
        if clip.take and not clip.muted:
            yield Heard(
                source=clip.take,
                at=spot.begins,
                in_frame=spot.in_frame,
                frames=spot.frames,
                gain_db=clip.gain_db,
                fade_in=fade_in,
                fade_out=fade_out,
            )
        fade_in = clip.into.frames // 2 if dips else spot.overlap


def _placed_sounds(cut: Cut, sounds: Mapping[UUID, int], end: int) -> Iterator[Heard]:
    for sound in cut.sounds:
        most = sounds.get(sound.sound, 0)
        out = most if sound.out_frame is None else min(sound.out_frame, most)
        frames = min(out - sound.in_frame, end - sound.at)
        if frames > 0:
            yield Heard(
                source=sound.sound,
                at=sound.at,
                in_frame=sound.in_frame,
                frames=frames,
                gain_db=sound.gain_db,
                fade_in=sound.fade_in,
                fade_out=sound.fade_out,
                role=sound.role,
            )


def ducked(voice_db: list[float], duck_db: float) -> list[float]:
    """Return by how many dB music is lowered in every frame, from how loud the voices are in each.

    It is down before the first word, stays down between words, and comes up again slowly.
    """
    speaks = [loud > QUIETEST_VOICE_DB for loud in voice_db]
    lowered = [0.0] * len(speaks)
    for frame, is_heard in enumerate(speaks):
        if is_heard:
            begin, end = max(frame - _AHEAD, 0), min(frame + _HOLD + 1, len(speaks))
            lowered[begin:end] = [duck_db] * (end - begin)
    for frame in range(1, len(lowered)):
        lowered[frame] = min(lowered[frame], lowered[frame - 1] + _RISE_DB)
    for frame in range(len(lowered) - 2, -1, -1):
        lowered[frame] = min(lowered[frame], lowered[frame + 1] - duck_db / _AHEAD)
    return lowered
