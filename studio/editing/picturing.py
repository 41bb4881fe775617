"""A cut on paper: a contact sheet and a storyboard, each clip with a picture, place and words."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

from generations import media
from studio.editing import lettering
from studio.editing.cut import FPS, Place, Placed, placed
from studio.editing.material import Material
from studio.editing.typeface import BOLD, Typeface
from studio.timecode import timecode

_INK, _FAINT, _PAPER = (20, 20, 22), (110, 110, 116), (255, 255, 255)
_NIGHT, _LIGHT, _DIM = (12, 12, 14), (236, 236, 238), (150, 150, 156)
_GAP = 24
# Columns and pixels across: many clips are smaller, for a JPEG is at most 65,535 pixels high, and
# has to fit into memory.
_LARGE, _SMALL, _MOST_LARGE = (4, 480), (8, 240), 400
# A4 across at 150 dots per inch.
_PAGE, _DPI, _MARGIN = (1754, 1240), 150, 90
_COLUMNS, _ROWS = 3, 2
_WIDE = (_PAGE[0] - 2 * _MARGIN - (_COLUMNS - 1) * _GAP) // _COLUMNS

At = Callable[[float], object]


@dataclass(frozen=True)
class Pictured:
    """A clip, or a shot, as paper shows it: its place in the film, and what is told of it."""

    number: int
    picture: Image.Image
    place: str
    words: str
    facts: str = ""


def pictured(material: Material, wide: int, at: At) -> Iterator[Pictured]:
    """Yield every clip with the frame in its middle, so many pixels wide. Raises NotMedia."""
    spots = placed(material.cut, material.lengths)
    for number, spot in enumerate(spots, start=1):
        size = (wide, wide * 9 // 16)
        clip = spot.clip
        if clip.take is None:
            picture = Image.new("RGB", size)
            words = lettering.draw(clip.words, clip.more_words, Place.CENTRE, size)
            picture.paste(words, mask=words)
            yield Pictured(number, picture, _place_of(spot), f"Title: {clip.words}")
        else:
            frame = spot.in_frame + spot.frames // 2
            full = media.frame_at(material.sources[clip.take].file, frame)
            take = material.footage[clip.take].take
            said = f"{take.name.capitalize()}: {take.prompt.words}"
            picture = ImageOps.pad(full.convert("RGB"), size)
            yield Pictured(number, picture, _place_of(spot), said)
        at(number / len(spots))


def _place_of(spot: Placed) -> str:
    """Where a clip is in the film, and how long."""
    return f"{timecode(spot.begins, FPS)}   {spot.frames / FPS:.1f} s"


def contact_sheet(material: Material, title: str, to: Path, at: At) -> tuple[int, int]:
    """Write a JPEG with every clip, in rows of four or eight. Return its size. Raises NotMedia."""
    count = len(material.cut.clips)
    columns, wide = _LARGE if count <= _MOST_LARGE else _SMALL
    tall = wide * 9 // 16
    rows = -(-count // columns)
    cell = (wide + _GAP, tall + 64)
    size = (cell[0] * columns + _GAP, cell[1] * rows + 88)
    sheet = Image.new("RGB", size, _NIGHT)
    pen = ImageDraw.Draw(sheet)
    Typeface(30, BOLD).write(pen, (_GAP, 28), title, _LIGHT)
    number_type, plain = Typeface(20, BOLD), Typeface(20)
    for each in pictured(material, wide, at):
        row, column = divmod(each.number - 1, columns)
        left, top = _GAP + column * cell[0], 88 + row * cell[1]
        sheet.paste(each.picture, (left, top))
        number_type.write(pen, (left, top + tall + 8), str(each.number), _LIGHT)
        plain.write(pen, (left + 56, top + tall + 8), each.place, _DIM)
    sheet.save(to, "JPEG", quality=88)
    return size


def storyboard(material: Material, title: str, to: Path, at: At) -> None:
    """Write a PDF for A4 with six clips on a page and their words. Raises NotMedia."""
    write_pages(pictured(material, _WIDE, at), title, to)


def write_pages(shown: Iterable[Pictured], title: str, to: Path) -> None:
    """Write a PDF for A4 with six pictures on a page, each in 16:9, and their words."""
    wide, tall = _WIDE, _WIDE * 9 // 16
    each_row = (_PAGE[1] - _MARGIN - 150) // _ROWS
    page, pages = _page(title, 1), 1
    for each in shown:
        place = (each.number - 1) % (_COLUMNS * _ROWS)
        if place == 0 and each.number > 1:
            _add_page(page, title, to, pages)
            pages += 1
            page = _page(title, pages)
        row, column = divmod(place, _COLUMNS)
        spot = (_MARGIN + column * (wide + _GAP), 150 + row * each_row)
        _put(page, each, spot, (wide, tall, each_row))
    _add_page(page, title, to, pages)


def _put(
    page: Image.Image, each: Pictured, spot: tuple[int, int], size: tuple[int, int, int]
) -> None:
    """Draw a clip at a spot: its picture, its place in the film, and as many words as fit."""
    (left, top), (wide, tall, room) = spot, size
    picture = each.picture
    page.paste(picture if picture.size == (wide, tall) else picture.resize((wide, tall)), spot)
    pen, plain, below = ImageDraw.Draw(page), Typeface(20), top + tall + 12
    Typeface(26, BOLD).write(pen, (left, below), str(each.number), _INK)
    plain.write(pen, (left + 56, below + 4), each.place, _FAINT)
    below += 40
    for line in _shortened(plain.lines(each.facts, wide), 2) if each.facts else []:
        plain.write(pen, (left, below), line, _FAINT)
        below += 27
    lines = plain.lines(each.words, wide)
    for number, line in enumerate(_shortened(lines, (top + room - 18 - below) // 27)):
        plain.write(pen, (left, below + number * 27), line, _INK)


def _add_page(page: Image.Image, title: str, to: Path, number: int) -> None:
    """Write a page behind those that are there: no more than one is held in memory."""
    page.save(to, "PDF", append=number > 1, resolution=_DPI, title=title, quality=88)


def _page(title: str, number: int) -> Image.Image:
    page = Image.new("RGB", _PAGE, _PAPER)
    pen = ImageDraw.Draw(page)
    Typeface(34, BOLD).write(pen, (_MARGIN, 70), title, _INK)
    font = Typeface(20)
    words = f"Page {number}"
    right = _PAGE[0] - _MARGIN - font.length(words)
    font.write(pen, (right, 80), words, _FAINT)
    return page


def _shortened(lines: list[str], room: int) -> list[str]:
    if len(lines) <= room:
        return lines
    return [*lines[: room - 1], f"{lines[room - 1]} …"]
