"""Pictures from files: fitted to a canvas, as frames, and as a shot the camera moves over."""

from collections import deque
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageOps

from generations.simulator.rendering.camera import SUBJECT, Pose
from generations.simulator.rendering.colour import yuv
from generations.simulator.rendering.frame import Frame, Pixels
from generations.simulator.rendering.view import unit_of

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")


def opened(path: str) -> Image.Image:
    """Return the picture of a file, upright and RGB. Raises OSError when it is not one."""
    with Image.open(path, formats=_FORMATS) as image:
        return ImageOps.exif_transpose(image).convert("RGB")


def covering(image: Image.Image, width: int, height: int) -> Image.Image:
    """Return the picture scaled and cropped about its middle to fill the size."""
    return ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS)


def painted(image: Image.Image) -> Frame:
    """Return an RGB picture of even size as a frame."""
    frame = Frame(*image.size)
    planes = yuv(np.asarray(image, np.float32) / np.float32(255))
    frame.luma[0] = planes[..., 0]
    small = planes[..., 1:].reshape(frame.height // 2, 2, frame.width // 2, 2, 2).mean((1, 3))
    frame.chroma[:] = np.moveaxis(small, -1, 0)
    return frame


def first_frame(path: str, width: int, height: int) -> Pixels:
    """Return a clip's first frame as flat uint8 yuv420p of the size."""
    with av.open(path, format="mov") as container:
        for decoded in container.decode(video=0):
            return _packed(decoded, width, height)
    raise ValueError(f"no frame in {Path(path).name}")


def last_frame(path: str, width: int, height: int) -> Pixels:
    """Return a clip's last frame as flat uint8 yuv420p of the size."""
    with av.open(path, format="mov") as container:
        stream = container.streams.video[0]
        if stream.duration:
            container.seek(max(0, stream.duration - 1), stream=stream, backward=True)
        ending = deque(container.decode(stream), maxlen=1)
        if not ending:
            raise ValueError(f"no frame in {Path(path).name}")
        return _packed(ending[0], width, height)


def size_of(path: str) -> tuple[int, int, float]:
    """Return a clip's width, height and duration in seconds."""
    with av.open(path, format="mov") as container:
        stream = container.streams.video[0]
        seconds = (
            float(stream.duration * stream.time_base)
            if stream.duration and stream.time_base
            else 0.0
        )
        return stream.width, stream.height, seconds


def _packed(decoded: av.VideoFrame, width: int, height: int) -> Pixels:
    fitted = decoded.reformat(width=width, height=height, format="yuv420p", interpolation="BICUBIC")
    return np.ascontiguousarray(fitted.to_ndarray()).reshape(-1)


class Picture:
    """A still that the camera moves over; at rest it shows the still itself, untouched."""

    def __init__(self, still: Frame) -> None:
        self.still = still
        self.planes = [
            [
                Image.fromarray(np.clip(plane, 0, 255).round().astype(np.uint8))
                for plane in level.planes
            ]
            for level in still.levels
        ]

    def paint(self, frame: Frame, pose: Pose) -> None:
        """Paint the part that the camera sees, never past the still's edge."""
        unit = unit_of(frame.width, frame.height)
        right = unit * (pose.x / SUBJECT + 0.35 * pose.yaw)
        down = -unit * (pose.y / SUBJECT * 0.5 + 0.35 * pose.pitch)
        grown = pose.zoom * SUBJECT / (SUBJECT - min(pose.z, SUBJECT * 0.7))
        needed = 1 + 2 * max(abs(right) / frame.width, abs(down) / frame.height)
        scale = max(grown, 1.0) * needed
        if scale < 1.0001:
            for level, still in zip(frame.levels, self.still.levels, strict=True):
                level.planes[:] = still.planes
            return
        for level, images in zip(frame.levels, self.planes, strict=True):
            wide, high = level.width / scale, level.height / scale
            left = (level.width - wide) / 2 + right * level.scale
            top = (level.height - high) / 2 + down * level.scale
            left = min(max(left, 0.0), level.width - wide)
            top = min(max(top, 0.0), level.height - high)
            box = (left, top, left + wide, top + high)
            for plane, image in zip(level.planes, images, strict=True):
                plane[:] = image.resize((level.width, level.height), Image.Resampling.BICUBIC, box)
