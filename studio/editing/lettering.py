"""Words on pictures: drawn with the typeface that Dailies brings, within the safe margins."""

from PIL import Image, ImageDraw

from studio.editing.cut import Place
from studio.editing.typeface import BOLD, PLAIN, Typeface

# Parts of the picture's shorter side. Titles stay within nine tenths of either (EBU R95).
_MARGIN = 0.1
_CARD, _CARD_MORE = 0.09, 0.045
_LOWER, _LOWER_MORE = 0.055, 0.036
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
        *_wrapped(words, side * big, BOLD, size),
        *_wrapped(more_words, side * small, PLAIN, size),
    ]
    tall = sum(font.size * 1.3 for _, font in lines)
    top = size[1] * (1 - _MARGIN) - tall if lower else (size[1] - tall) / 2
    for line, font in lines:
        wide = font.length(line)
        left = size[0] * _MARGIN if lower else (size[0] - wide) / 2
        shade = max(side / 360, 1)
        font.write(pen, (left + shade, top + shade), line, _SHADE)
        font.write(pen, (left, top), line, _WHITE)
        top += font.size * 1.3
    return picture


def _wrapped(
    words: str, points: float, weight: int, size: tuple[int, int]
) -> list[tuple[str, Typeface]]:
    """Return words in lines that fit between the margins, smaller where one word doesn't."""
    room = size[0] * (1 - 2 * _MARGIN)
    font = Typeface(max(round(points), 6), weight)
    longest = max((font.length(word) for word in words.split()), default=0)
    if longest > room:
        font = Typeface(max(int(font.size * room / longest), 6), weight)
    return [(line, font) for line in font.lines(words, room)]
