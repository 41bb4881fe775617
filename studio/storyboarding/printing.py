"""A storyboard on paper: each shot with a picture, its place, its camera moves and its words."""

from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageOps

from generations.models import Asset
from studio.editing import lettering
from studio.editing.cut import Place
from studio.editing.picturing import Pictured, write_pages
from studio.storyboarding.showing import Page, ShownShot

# As wide as a picture is on the page: a poster is read no larger.
_SIZE = (720, 405)


def print_shots(page: Page, title: str, to: Path) -> None:
    """Write a PDF for A4 with six shots on a page, the film's take of each or a slate."""
    write_pages(_pictured(page), title, to)


def _pictured(page: Page) -> Iterator[Pictured]:
    chosen = [each.chosen.generation_id for each in page.plan.shots if each.chosen]
    posters = Asset.objects.filter(
        generation__in=chosen, kind=Asset.Kind.POSTER, state=Asset.State.STORED
    )
    files = {poster.generation_id: poster.file for poster in posters}
    for shown in page.shots:
        take = shown.planned.chosen
        file = files.get(take.generation_id) if take else None
        yield Pictured(
            number=shown.planned.number,
            picture=(file and _poster(file)) or _slate(shown),
            place=_place(shown),
            facts=_camera(shown),
            words=shown.shot.words or "Not written yet",
        )


def _poster(file: Path) -> Image.Image | None:
    """Return a poster in the page's shape; None where its file is gone or can't be read."""
    try:
        with Image.open(file, formats=["JPEG"]) as opened:
            opened.draft("RGB", _SIZE)
            return ImageOps.pad(opened.convert("RGB"), _SIZE)
    except OSError:
        return None


def _slate(shown: ShownShot) -> Image.Image:
    picture = Image.new("RGB", _SIZE)
    words = lettering.draw(shown.state, "", Place.CENTRE, _SIZE)
    picture.paste(words, mask=words)
    return picture


def _place(shown: ShownShot) -> str:
    """How long it is, and how it goes on from the shot before."""
    before = shown.planned.before
    joined = f"continues from shot {before.number}" if before else "cut"
    said = [f"{shown.shot.duration_s} s"]
    if shown.planned.number > 1:
        said.append(joined)
    if shown.planned.is_stale:
        said.append("stale")
    return ", ".join(said)


def _camera(shown: ShownShot) -> str:
    moves = ", ".join(move.replace("_", " ") for move in shown.shot.concepts)
    return f"Camera: {moves}" if moves else ""
