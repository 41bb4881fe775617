"""Inter, in all the scripts that it comes in: a file for each, and a line may need several."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from PIL import ImageDraw, ImageFont

_INTER = "static/vendor/inter-5.3.0"
PLAIN, BOLD = 450, 650
Colour = tuple[int, ...]


@dataclass(frozen=True)
class Typeface:
    """Inter in a size in pixels and a weight, from 100 to 900."""

    size: int
    weight: int = PLAIN

    def length(self, words: str) -> float:
        """Return how wide words are."""
        return sum(font.getlength(run) for font, run in self._runs(words))

    def write(
        self, pen: ImageDraw.ImageDraw, spot: tuple[float, float], words: str, fill: Colour
    ) -> None:
        """Write words with their top left at a spot."""
        left, top = spot
        for font, run in self._runs(words):
            pen.text((left, top), run, font=font, fill=fill)
            left += font.getlength(run)

    def lines(self, words: str, room: float) -> list[str]:
        """Return words in lines that are at most so many pixels wide, where a word allows it."""
        lines: list[str] = []
        for paragraph in words.splitlines():
            line = ""
            for word in paragraph.split():
                longer = f"{line} {word}".strip()
                if line and self.length(longer) > room:
                    lines.append(line)
                    longer = word
                line = longer
            lines.append(line)
        return lines

    def _runs(self, words: str) -> list[tuple[ImageFont.FreeTypeFont, str]]:
        """Part words by the file that has their letters; all of them stand in one line."""
        runs: list[tuple[str, str]] = []
        for letter in " ".join(words.splitlines()):
            script = _script_of(letter)
            if runs and (runs[-1][0] == script or letter.isspace()):
                runs[-1] = (runs[-1][0], runs[-1][1] + letter)
            else:
                runs.append((script, letter))
        return [(_font(script, self.size, self.weight), run) for script, run in runs]


def missing_in(words: str) -> str:
    """Return the letters of words that Inter doesn't have, each once."""
    lacking = (letter for letter in words if not letter.isspace() and not _has(letter))
    return "".join(dict.fromkeys(lacking))


def _has(letter: str) -> bool:
    return any(ord(letter) in each for _, ranges in _scripts() for each in ranges)


@cache
def _script_of(letter: str) -> str:
    """Return which file has a letter; Latin's for one that none has."""
    for script, ranges in _scripts():
        if any(ord(letter) in each for each in ranges):
            return script
    return "latin"


@cache
def _scripts() -> list[tuple[str, list[range]]]:
    """Return what each file has, Latin first: most words need no other."""
    said = json.loads((Path(settings.BASE_DIR) / _INTER / "unicode.json").read_text())
    return [(script, [_range(each) for each in said[script].split(",")]) for script in said][::-1]


def _range(said: str) -> range:
    """Read `U+0370-0377` or `U+20AC`."""
    first, _, last = said.removeprefix("U+").partition("-")
    return range(int(first, 16), int(last or first, 16) + 1)


@cache
def _font(script: str, size: int, weight: int) -> ImageFont.FreeTypeFont:
    file = Path(settings.BASE_DIR) / _INTER / f"inter-{script}-wght-normal.woff2"
    font = ImageFont.truetype(str(file), size)
    font.set_variation_by_axes([weight])
    return font
