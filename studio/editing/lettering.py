"""Words on pictures: drawn with the typeface that Dailies brings, within the safe margins."""

from functools import cache
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from studio.editing.cut import Place

_INTER = "static/vendor/inter-5.3.0/inter-latin-wght-normal.woff2"
# Parts of the picture's shorter side. Titles stay within nine tenths of either (EBU R95).
_MARGIN = 0.1
_CARD, _CARD_MORE = 0.09, 0.045
_LOWER, _LOWER_MORE = 0.055, 0.036
_BOLD, _PLAIN = 650, 450
_WHITE = (255, 255, 255, 255)
_SHADE = (0, 0, 0, 150)


def draw(words: str, more_words: str, place: Place, size: tuple[int, int]) -> Image.Image:
    """Return a picture of a size that is clear but for the words; `more_words` stand below."""
    picture = Image.new("RGBA", size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    lower = place is Place.LOWER_THIRD
    side = min(size)
    big, small = (_LOWER, _LOWER_MORE) if lower else (_CARD, _CARD_MORE)
    lines = [
        *_wrapped(words, side * big, _BOLD, size),
        *_wrapped(more_words, side * small, _PLAIN, size),
    ]
    tall = sum(font.size * 1.3 for _, font in lines)
    top = size[1] * (1 - _MARGIN) - tall if lower else (size[1] - tall) / 2
    for line, font in lines:
        wide = font.getlength(line)
        left = size[0] * _MARGIN if lower else (size[0] - wide) / 2
        shade = max(side / 360, 1)
        pen.text((left + shade, top + shade), line, font=font, fill=_SHADE)
        pen.text((left, top), line, font=font, fill=_WHITE)
        top += font.size * 1.3
    return picture


def _wrapped(
    words: str, points: float, weight: int, size: tuple[int, int]
) -> list[tuple[str, ImageFont.FreeTypeFont]]:
    """Return words in lines that fit between the margins, smaller where one word doesn't."""
    room = size[0] * (1 - 2 * _MARGIN)
    font = typeface(max(round(points), 6), weight)
    longest = max((font.getlength(word) for word in words.split()), default=0)
    if longest > room:
        font = typeface(max(int(font.size * room / longest), 6), weight)
    return [(line, font) for line in lines_of(words, font, room)]


def lines_of(words: str, font: ImageFont.FreeTypeFont, room: float) -> list[str]:
    """Return words in lines that are at most so many pixels wide, where a word allows it."""
    lines: list[str] = []
    for paragraph in words.splitlines():
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            if line and font.getlength(longer) > room:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines


@cache
def _file() -> Path:
    return Path(settings.BASE_DIR) / _INTER


@cache
def typeface(points: int, weight: int = _PLAIN) -> ImageFont.FreeTypeFont:
    """Return Inter in a size in pixels and a weight, from 100 to 900."""
    font = ImageFont.truetype(str(_file()), points)
    font.set_variation_by_axes([weight])
    return font
