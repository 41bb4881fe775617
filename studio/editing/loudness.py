"""How loud a film is (EBU R128), and its sound encoded as loud as it is wanted."""

import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from generations import ffmpeg
from studio.editing.mixing import RATE, loudest

DEFAULT_LUFS = -14.0
SILENT_LUFS = -69.0
_TIMEOUT_S = 3600.0
# Samples stay 1.5 dB below full: what is between them, and what encoding adds, has room.
_FULL = 0.841
_LIMIT = f"alimiter=limit={_FULL}:attack=5:release=80:level=false:latency=true"
_MOST_GAIN_DB = 40.0
_CLOSE_LU = 0.3

# The thorough coder takes twice as long, and is no better where there are bits enough.
AAC = ("-c:a", "aac", "-aac_coder", "fast", "-b:a", "256k", "-f", "mp4")
PCM = ("-c:a", "pcm_s24le", "-f", "mov")
OPUS = ("-c:a", "libopus", "-b:a", "160k", "-f", "mp4")


def raw(file: Path) -> list[str]:
    """Return the input arguments for a mix of ours."""
    layout = ("-f", "f32le", "-ar", str(RATE), "-ac", "2")
    return ["-protocol_whitelist", "file", *layout, "-i", str(file)]


def measured(
    inputs: Sequence[str], filters: str = "anull", at: Callable[[int], object] = bool
) -> float:
    """Return the integrated loudness in LUFS; -70 of silence. Raises FFmpegFailed."""
    tell = "ebur128=metadata=1,ametadata=mode=print:key=lavfi.r128.I:file=pipe\\\\:2"
    said = ffmpeg.follow(
        [*inputs, "-af", f"{filters},{tell}", "-vn", "-f", "null", "-"],
        timeout_s=_TIMEOUT_S,
        at=at,
    )
    found = re.findall(rb"lavfi\.r128\.I=(-?[\d.]+)", said)
    return float(found[-1]) if found else -70.0


def encode(
    mix: Path,
    to: Path,
    encoding: Sequence[str],
    *,
    lufs: float | None,
    at: Callable[[int], object],
) -> None:
    """Encode a mix, as loud as `lufs` says or as it is, without clipping. Raises FFmpegFailed."""
    filters = _LIMIT if lufs is None else _louder(mix, lufs, at)
    ffmpeg.follow([*raw(mix), "-af", filters, *encoding, str(to)], timeout_s=_TIMEOUT_S, at=at)


def _louder(mix: Path, lufs: float, at: Callable[[int], object]) -> str:
    """Return the filters that bring a mix to a loudness, which limiting takes some of again."""
    before = measured(raw(mix), at=at)
    if not math.isfinite(before) or before <= SILENT_LUFS:
        return _LIMIT
    gain_db = lufs - before
    if loudest(mix) * 10 ** (gain_db / 20) < _FULL:
        return f"volume={gain_db:.2f}dB"
    for _ in range(3):
        gain_db = min(gain_db, _MOST_GAIN_DB)
        filters = f"volume={gain_db:.2f}dB,{_LIMIT}"
        missing = lufs - measured(raw(mix), filters, at)
        if abs(missing) < _CLOSE_LU:
            break
        gain_db += missing
    return filters
