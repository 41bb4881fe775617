"""Encodes the pieces of a film that can't be taken over as they are, each to a file of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from generations import ffmpeg
from studio.editing import lettering
from studio.editing.cut import FPS, Place
from studio.editing.looks import Look, Source
from studio.editing.planning import Fade, Letters, Piece, Plan, Shown

# Of one piece: a minute of 4K takes ten on a slow machine, and a card may be hours long.
_TIMEOUT_S = 4 * 3600.0

At = Callable[[int], object]


@dataclass(frozen=True)
class Encoding:
    """How pictures are encoded, and in which kind of file."""

    arguments: tuple[str, ...]
    suffix: str
    pixels: str = "yuv420p"


def h264(look: Look | None, spare_id: int = 0) -> Encoding:
    """Return H.264 that may stand beside frames of a look: told apart by its `spare_id`."""
    profile = {"Constrained Baseline": "baseline", "Baseline": "baseline", "Main": "main"}
    arguments = [
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-g", "48"),
        *("-profile:v", profile.get(look.profile, "high") if look else "high"),
        *("-x264-params", f"sps-id={spare_id}"),
    ]
    return Encoding((*arguments, *_TICKS), ".mp4")


_TICKS = ("-video_track_timescale", "12288", "-f", "mp4")
PRORES = Encoding(
    ("-c:v", "prores_ks", "-profile:v", "2", "-vendor", "apl0", *_TICKS[:2], "-f", "mov"),
    ".mov",
    "yuv422p10le",
)
VP9 = Encoding(
    (
        *("-c:v", "libvpx-vp9", "-crf", "31", "-b:v", "0", "-deadline", "realtime"),
        *("-cpu-used", "6", "-row-mt", "1", "-g", "120", *_TICKS),
    ),
    ".mp4",
)


def render(
    piece: Piece,
    plan: Plan,
    sources: Mapping[UUID, Source],
    encoding: Encoding,
    to: Path,
    *,
    at: At,
) -> None:
    """Encode a piece to a file, frame by frame as many as it has. Raises FFmpegFailed."""
    graph = _Graph(plan, to)
    picture = graph.layer(piece.shown[0], sources, piece.frames)
    if len(piece.shown) == 2:
        over = graph.layer(piece.shown[1], sources, piece.frames)
        picture = graph.crossfaded(picture, over, piece.frames)
    if piece.fade is not Fade.NONE:
        picture = graph.filtered(picture, f"fade=t={piece.fade}:s=0:n={piece.frames}")
    for letters in piece.letters:
        picture = graph.lettered(picture, letters, piece.frames)
    picture = graph.filtered(picture, f"format={encoding.pixels}")
    ffmpeg.follow(
        [
            *graph.inputs,
            *("-filter_complex", ";".join(graph.filters), "-map", f"[{picture}]", "-an"),
            *("-frames:v", str(piece.frames), "-r", str(FPS), *_colours(plan.look)),
            *(*encoding.arguments, str(to)),
        ],
        timeout_s=_TIMEOUT_S,
        at=at,
    )


def _colours(look: Look | None) -> tuple[str, ...]:
    """Say how colours are meant: as the frames beside it say, else as high definition does."""
    if look and not any(look.colours[1:]):
        return ()
    return ("-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709")


class _Graph:
    """The inputs and filters of one call of ffmpeg, as they come together."""

    def __init__(self, plan: Plan, to: Path) -> None:
        self.size = (plan.width, plan.height)
        self.inputs: list[str] = []
        self.filters: list[str] = []
        self._to = to
        self._inputs = self._named = self._pictures = 0

    def layer(self, shown: Shown, sources: Mapping[UUID, Source], frames: int) -> str:
        """Add frames of a take, made to the film's size and rate, or a card."""
        if shown.take is None:
            label = self._add(self._black(frames), "null")
            card = Letters(shown.words, shown.more_words, Place.CENTRE, 0, frames)
            return self.lettered(label, card, frames)
        source = sources[shown.take]
        # Half a frame before: whatever rounds, the frame that is meant is the first that stays.
        begin = max(shown.in_frame - 0.5, 0) / FPS
        number = self._input("-ss", f"{begin:.6f}", *ffmpeg.pinned(source.file))
        rate = f"setpts=N/{FPS}/TB" if source.order else f"fps={FPS}:start_time=0"
        width, height = self.size
        fit = (
            f"scale={width}:{height}:force_original_aspect_ratio=decrease:force_divisible_by=2,"
            f"pad={width}:{height}:-1:-1,setsar=1,format=yuv420p"
        )
        # One that turned out shorter than its file says stands still at its last frame.
        held = f"tpad=stop={frames}:stop_mode=clone,trim=end_frame={frames}"
        return self._add(f"{number}:v:0", f"{rate},{fit},{held}")

    def crossfaded(self, below: str, above: str, frames: int) -> str:
        """Show one picture come up over another."""
        clear = self._add(above, f"format=yuva420p,fade=t=in:s=0:n={frames}:alpha=1")
        return self._join(below, clear, "overlay=format=yuv420")

    def lettered(self, picture: str, letters: Letters, frames: int) -> str:
        """Put words over a picture while they last."""
        drawn = lettering.draw(letters.words, letters.more_words, letters.place, self.size)
        self._pictures += 1
        file = self._to.with_suffix(f".{self._pictures}.png")
        drawn.save(file)
        number = self._input(
            *("-protocol_whitelist", "file", "-framerate", str(FPS), "-f", "image2"),
            *("-pattern_type", "none", "-loop", "1", "-i", str(file)),
        )
        seen = self._faded(f"{number}:v:0", letters)
        first, last = max(letters.first, 0), letters.first + letters.frames - 1
        shown = f":enable='between(n,{first},{last})'"
        return self._join(picture, seen, f"overlay=format=auto:shortest=1{shown}")

    def _faded(self, drawn: str, letters: Letters) -> str:
        """Have words come up and go out, also those that did so in part before their piece."""
        if not letters.fade_in and not letters.fade_out:
            return drawn
        # Counted from a frame before both: a fade's first step is the picture as it was.
        before = max(-letters.first, 0) + 1
        first = letters.first + before
        last = first + letters.frames - letters.fade_out
        steps = ["format=rgba"]
        if letters.fade_in:
            steps.append(f"fade=t=in:s={first - 1}:n={letters.fade_in + 1}:alpha=1")
        if letters.fade_out:
            steps.append(f"fade=t=out:s={last - 1}:n={letters.fade_out + 1}:alpha=1")
        steps.append(f"trim=start_frame={before},setpts=PTS-STARTPTS")
        return self._add(drawn, ",".join(steps))

    def filtered(self, picture: str, filters: str) -> str:
        """Send a picture through filters."""
        return self._add(picture, filters)

    def _black(self, frames: int) -> str:
        width, height = self.size
        label = self._name()
        self.filters.append(
            f"color=black:size={width}x{height}:rate={FPS},trim=end_frame={frames}[{label}]"
        )
        return label

    def _input(self, *arguments: str) -> int:
        self.inputs += arguments
        self._inputs += 1
        return self._inputs - 1

    def _add(self, picture: str, filters: str) -> str:
        label = self._name()
        self.filters.append(f"[{picture}]{filters}[{label}]")
        return label

    def _join(self, below: str, above: str, filters: str) -> str:
        label = self._name()
        self.filters.append(f"[{below}][{above}]{filters}[{label}]")
        return label

    def _name(self) -> str:
        self._named += 1
        return f"p{self._named}"
