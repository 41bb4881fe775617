"""Clips whose every frame says its number, and films read back by those numbers."""

import wave
from functools import cache
from pathlib import Path

import av
import numpy as np

from generations import ffmpeg
from generations.models import Asset, Generation, State
from studio.models import Project
from tests.factories import keep_files, own_folder, take

SIZE = (320, 180)
_BITS = 9
_BLOCK = 32


def numbered(number: int, size: tuple[int, int] = SIZE, base: int = 0) -> np.ndarray:
    """A grey picture with a number in it, as eight by eight bits that no encoder loses."""
    width, height = size
    picture = np.full((height, width, 3), 90 + base, np.uint8)
    block = width // 10
    for bit in range(_BITS):
        if (number >> bit) & 1:
            picture[height // 4 : 3 * height // 4, bit * block : (bit + 1) * block] = 235
        else:
            picture[height // 4 : 3 * height // 4, bit * block : (bit + 1) * block] = 20
    return picture


def number_of(picture: np.ndarray) -> int:
    """Read the number of a picture."""
    height, width = picture.shape[:2]
    block = width // 10
    middle = picture[height // 2 - 4 : height // 2 + 4]
    bits = [
        middle[:, bit * block + block // 4 : (bit + 1) * block - block // 4].mean() > 127
        for bit in range(_BITS)
    ]
    return sum(1 << bit for bit, is_set in enumerate(bits) if is_set)


@cache
def clip(
    first: int = 0,
    frames: int = 48,
    size: tuple[int, int] = SIZE,
    fps: int = 24,
    tone: int = 0,
    gop: int = 24,
    more: tuple[str, ...] = (),
) -> Path:
    """Make a clip with the numbers from `first` on, and a tone of so many Hz, once."""
    file = own_folder("dailies-numbered-") / "clip.mp4"
    data = b"".join(numbered(first + at, size).tobytes() for at in range(frames))
    sound = ("-f", "lavfi", "-i", f"sine={tone}:sample_rate=48000:duration={frames / fps}")
    ffmpeg.run(
        [
            *("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{size[0]}x{size[1]}"),
            *("-r", str(fps), "-i", "-", *(sound if tone else ())),
            *("-c:v", "libx264", "-preset", "veryfast", "-crf", "16", "-pix_fmt", "yuv420p"),
            *("-bf", "2", "-g", str(gop), "-sc_threshold", "0", "-threads", "1", *more),
            *("-c:a", "aac", "-movflags", "+faststart", "-video_track_timescale", "12288"),
            str(file),
        ],
        timeout_s=60,
        stdin=data,
    )
    return file


def filmed(project: Project, file: Path, **order) -> Generation:
    """A completed take whose video is a file."""
    made = take(project, State.COMPLETED, stored=False, **order)
    keep_files(made, file)
    with av.open(str(file)) as container:
        stream = container.streams.video[0]
        Asset.objects.filter(generation=made, kind=Asset.Kind.VIDEO).update(
            width=stream.codec_context.width,
            height=stream.codec_context.height,
            fps=float(stream.average_rate),
            duration_s=float(stream.duration * stream.time_base),
            has_sound=bool(container.streams.audio),
        )
    return made


def numbers_in(film: Path) -> list[int]:
    """Decode a film and read the number of every frame, as a player would show them."""
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        found = []
        for at, frame in enumerate(container.decode(stream)):
            assert abs(frame.time - at / 24) < 0.002, f"frame {at} is shown at {frame.time}"
            found.append(number_of(frame.to_ndarray(format="rgb24")))
        return found


def pictures_in(film: Path) -> list[np.ndarray]:
    with av.open(str(film)) as container:
        return [it.to_ndarray(format="rgb24") for it in container.decode(video=0)]


def samples_in(film: Path, rate: int = 48000) -> np.ndarray:
    """Return what is heard in a film: one channel, from -1 to 1."""
    with av.open(str(film)) as container:
        resampler = av.AudioResampler("flt", "mono", rate)
        blocks = [
            made.to_ndarray().reshape(-1)
            for frame in container.decode(audio=0)
            for made in resampler.resample(frame)
        ]
    return np.concatenate(blocks)


def db(samples: np.ndarray) -> float:
    """Return how loud samples are (RMS)."""
    return float(20 * np.log10(max(np.sqrt((samples.astype(np.float64) ** 2).mean()), 1e-6)))


def write_tone(file: Path, hz: float, seconds: float, *, level: float = 0.3) -> Path:
    """Write a WAV file with a tone."""
    along = np.arange(round(seconds * 48000)) / 48000
    data = (np.sin(2 * np.pi * hz * along) * level * 32767).astype("<i2")
    with wave.open(str(file), "wb") as opened:
        opened.setnchannels(1)
        opened.setsampwidth(2)
        opened.setframerate(48000)
        opened.writeframes(data.tobytes())
    return file
