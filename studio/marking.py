"""Watermarks: copies of what a link shows with its words over them, made for that link alone.

A copy is named after its original's sha256 and can be made again at any time, so that no row tells
of it: it is there or not. It goes when its link ends.
"""

import logging
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from PIL import Image, ImageDraw

from generations import ffmpeg
from generations.ffmpeg import FFmpegFailed
from generations.models import Asset
from studio.editing.typeface import BOLD, Typeface
from studio.models import Export, Share

log = logging.getLogger(__name__)


_FOLDER = "shared"
_ROWS = (1 / 6, 1 / 2, 5 / 6)
_WIDEST, _TALLEST = 0.45, 0.06  # of a picture's width, and of its shorter side
_INK, _SHADE = (255, 255, 255, 92), (0, 0, 0, 70)
_TIMEOUT_S, _LEASE_S = 1800.0, 2400
_H264 = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p")
_VIDEOS = ("video/mp4", "video/quicktime", "video/webm")
# One at a time in a process: it keeps every core busy already.
_place = threading.Lock()


@dataclass(frozen=True)
class Copy:
    """The marked copy of a file for a link, made or not."""

    share: Share
    original: Asset | Export

    @property
    def is_video(self) -> bool:
        """Whether it is a video, not a picture."""
        return self.original.content_type in _VIDEOS

    @property
    def content_type(self) -> str:
        """What it is: all videos become MP4, all pictures JPEG."""
        return "video/mp4" if self.is_video else "image/jpeg"

    @property
    def file(self) -> Path:
        """Where it is on disk, once it is made."""
        name = self.original.sha256[:32] + (".mp4" if self.is_video else ".jpg")
        return _folder_of(self.share) / name

    @property
    def is_ready(self) -> bool:
        """Whether it is made."""
        return self.file.exists()

    @property
    def has_failed(self) -> bool:
        """Whether it was tried and can't be made."""
        return self._failed.exists()

    @property
    def _failed(self) -> Path:
        return self.file.with_suffix(".failed")

    def make(self) -> bool:
        """Make it; False where another worker is at it, or where it can't be made.

        The latter is kept, so that it isn't tried again and again.
        """
        if not cache.add(f"marking:{self.share.pk}:{self.file.name}", 1, _LEASE_S):
            return False
        folder = self.file.parent
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with TemporaryDirectory(
                dir=folder, prefix="making-", ignore_cleanup_errors=True
            ) as work:
                made = Path(work) / self.file.name
                self._mark_video(made) if self.is_video else self._mark_picture(made)
                made.replace(self.file)
        except (FFmpegFailed, OSError) as error:
            log.warning("share=%s a copy can't be marked: %s", self.share.uuid, error)
            if folder.exists():  # gone where the link has ended meanwhile
                self._failed.touch()
            return False
        log.info("share=%s marked %s", self.share.uuid, self.file.name)
        return True

    def _mark_picture(self, made: Path) -> None:
        with Image.open(self.original.file) as opened:
            picture = opened.convert("RGBA")
        picture.alpha_composite(words_over(self.share.watermark, picture.size))
        picture.convert("RGB").save(made, "JPEG", quality=92)

    def _mark_video(self, made: Path) -> None:
        words = made.with_suffix(".png")
        width = self.original.width or 0
        tall = self.original.pixel_height if isinstance(self.original, Export) else None
        height = tall or getattr(self.original, "height", None) or 0
        words_over(self.share.watermark, (width, height)).save(words)
        film = ffmpeg.pinned(self.original.file)
        if self.original.content_type == "video/webm":  # an export of ours
            film = ["-protocol_whitelist", "file", "-f", "matroska", "-i", str(self.original.file)]
        drawn = ("-filter_complex", "[0:v][1:v]overlay=format=auto[v]", "-map", "[v]")
        sound = ("-map", "0:a?", "-c:a", "aac", "-b:a", "192k")
        end = ("-map_metadata", "-1", "-movflags", "+faststart", "-f", "mp4", str(made))
        arguments = [*film, "-i", str(words), *drawn, *sound, *_H264, *end]
        ffmpeg.follow(arguments, timeout_s=_TIMEOUT_S, at=lambda _: None)


def words_over(words: str, size: tuple[int, int]) -> Image.Image:
    """Return a picture of a size that is clear but for words in three rows, seen through.

    Raises OSError for a size that no picture has.
    """
    if min(size) < 1:
        raise OSError("its size isn't known")
    picture = Image.new("RGBA", size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    font = Typeface(max(round(min(size) * _TALLEST), 6), BOLD)
    if (wide := font.length(words)) > size[0] * _WIDEST:
        font = Typeface(max(round(font.size * size[0] * _WIDEST / wide), 6), BOLD)
    wide, shade = font.length(words), max(font.size / 24, 1)
    for number, row in enumerate(_ROWS):
        # By turns to the left and to the right, so that no cut of the picture is without it.
        left = size[0] * (0.27, 0.5, 0.73)[number] - wide / 2
        top = size[1] * row - font.size / 2
        font.write(pen, (left + shade, top + shade), words, _SHADE)
        font.write(pen, (left, top), words, _INK)
    return picture


def mark_due() -> int:
    """Make the copies that open links lack, and return how many; remove those of links that ended.

    Another thread of this process that is at it already goes on until there is nothing to make.
    """
    from studio.shared import Shared  # that knows copies

    if not _place.acquire(blocking=False):
        return 0
    try:
        open_ones = Share.objects.open(timezone.now()).exclude(watermark="")
        shares = [share for share in open_ones.for_list() if share.is_backed()]
        _tidy({str(share.uuid) for share in shares})
        lacking = (copy for share in shares for copy in Shared(share).lacking)
        return sum(copy.make() for copy in lacking)
    finally:
        _place.release()


def _tidy(kept: set[str]) -> None:
    root = Path(settings.MEDIA_ROOT) / _FOLDER
    for folder in root.iterdir() if root.exists() else ():
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)


def _folder_of(share: Share) -> Path:
    return Path(settings.MEDIA_ROOT) / _FOLDER / str(share.uuid)
