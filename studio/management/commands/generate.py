"""`manage.py generate "PROMPT"`: the main job without a browser, through the same engine."""

import logging
import os
import re
import shutil
import sys
import time
import uuid
from argparse import ArgumentParser, ArgumentTypeError
from contextlib import ExitStack
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from generations import ordering, stills
from generations.catalogue import dollars
from generations.models import Asset, Generation, Heartbeat, State
from generations.orders import Frame, Order, image
from generations.preflight import Fit, Place
from generations.refusal import Refused
from studio.demo import team
from studio.migrating import bring_up_to_date
from studio.models import Project
from studio.running.engine import EngineFailed, OwnEngine
from studio.running.progress import Progress

_ALIVE_WITHIN_S = 10.0
_LOOK_EVERY_S = 0.5
_NOTHING = "Nothing was sent or charged."
_NOBODY = (
    "There is no terminal to ask at: give --yes to spend it, or --at-most {price} to spend no "
    f"more. {_NOTHING}"
)
_OPTIONS = {
    "words": "PROMPT",
    "model": "--model",
    "duration_s": "--duration",
    "resolution": "--resolution",
    "ratio": "--ratio",
    "start": "--start-image, --fit or --extend",
}


class Command(BaseCommand):
    help = "Makes a take from a prompt, and keeps (and writes) its file."
    requires_system_checks: list[str] = []  # they import the whole site, and cost a second

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("prompt", metavar="PROMPT", help="what is seen, and how it moves")
        parser.add_argument("--project", metavar="SLUG", help="the demo's first unless given")
        parser.add_argument("--kind", choices=("video", "image"), default="video")
        parser.add_argument("--model", help="ray-2 for a video, photon-1 for an image")
        parser.add_argument("--duration", default="5s")
        parser.add_argument("--resolution", default="540p")
        parser.add_argument("--format", choices=("jpg", "png"), default="jpg", help="an image's")
        parser.add_argument("--ratio", default="16:9")
        start = parser.add_mutually_exclusive_group()
        start.add_argument("--start-image", metavar="FILE", type=Path, help="its first picture")
        parser.add_argument(
            "--fit", choices=["crop", "keep"], help="a picture of another ratio: cut it, or not"
        )
        start.add_argument("--extend", metavar="UUID", help="a take to go on from")
        parser.add_argument("--wait", action="store_true", help="for its file; it always does")
        parser.add_argument("--output", metavar="FILE", type=Path, help="write the file here")
        parser.add_argument("--yes", action="store_true", help="spend its price without asking")
        parser.add_argument(
            "--at-most", metavar="USD", type=_most, help="spend so much without asking, not more"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.generation: Generation | None = None
        self.progress = Progress(sys.stdout)
        _check_given(options)
        _check_output(options["output"])
        if not os.environ.get("LOG_LEVEL"):
            logging.getLogger().setLevel(logging.WARNING)  # the terminal belongs to the progress
        bring_up_to_date()
        try:
            with ExitStack() as opened:
                self._make(opened, options)
        except Refused as refusal:
            raise CommandError(_in_words(refusal)) from refusal
        except EngineFailed as failure:
            raise CommandError(str(failure)) from failure
        except KeyboardInterrupt:
            self.progress.end()
            self.stderr.write(self._farewell())
            raise SystemExit(130) from None

    def _make(self, opened: ExitStack, options: dict[str, Any]) -> None:
        project = _project(options["project"])
        alone = not Heartbeat.alive("sweep", _ALIVE_WITHIN_S)
        engine = opened.enter_context(_own_engine(project)) if alone else None
        order = _order(project, options)
        seen_usd = self._agree(project, order, options)
        generation = self.generation = _accept(project, order, seen_usd, options)
        price = dollars(generation.price_usd)
        self.stdout.write(f"Take {generation.take_number} of {project.name}, {price}.")
        self.stdout.write(f"It is being made: {_page(generation)}")
        while not _is_over(generation):
            self.progress.show(generation)
            if engine is None and not Heartbeat.alive("sweep", _ALIVE_WITHIN_S):
                engine = opened.enter_context(_own_engine(project))
            if engine:
                engine.work()
            else:
                time.sleep(_LOOK_EVERY_S)  # the database is all that the two processes share
            generation.refresh_from_db()
            if generation.needs_decision:
                self.progress.end()
                raise CommandError(f"{generation.words} Decide at {_page(generation)}")
        self.progress.end()
        self._finish(generation, options["output"])

    def _agree(self, project: Project, order: Order, options: dict[str, Any]) -> Decimal:
        """Show the price, and return how many dollars may be spent.

        The simulator's are nobody's: they are asked for only where `--at-most` says so. Raises
        Refused or CommandError.
        """
        price_usd, most = ordering.quote_in(project, order), options["at_most"]
        price, unpaid = dollars(price_usd), ordering.account_of(project, order).simulated
        billed = " at the simulator, for which nobody is billed" if unpaid else ""
        self.stdout.write(f"It costs {price}{billed}.")
        if most is not None and price_usd > most:
            raise CommandError(f"{price} is more than --at-most {most}. {_NOTHING}")
        if most is not None:
            return Decimal(most)
        if unpaid or options["yes"] or (self._has_terminal() and self._says_yes(price)):
            return price_usd
        raise CommandError(_NOTHING if self._has_terminal() else _NOBODY.format(price=price[1:]))

    def _has_terminal(self) -> bool:
        """Whether somebody can read the price and answer."""
        return sys.stdin.isatty() and self.stdout.isatty()

    def _says_yes(self, price: str) -> bool:
        self.stdout.write(f"Spend {price}? [y/N] ", ending="")
        self.stdout.flush()
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    def _finish(self, generation: Generation, output: Path | None) -> None:
        made = _file_of(generation)
        if generation.state != State.COMPLETED or made is None:
            raise CommandError(generation.words or f"The take is {generation.state}.")
        if made.state != Asset.State.STORED:
            raise CommandError(f"It was made, but its file couldn't be fetched: {made.error}")
        file = _write(made.file, output) if output else made.file
        length = f"{made.duration_s:.1f} s, " if made.duration_s else ""
        self.stdout.write(
            f"{made.width} × {made.height}, {length}{made.codec}, "
            f"{(made.size_bytes or 0) / 1e6:.1f} MB: {file}"
        )

    def _farewell(self) -> str:
        if self.generation is None:
            return "Stopped. Nothing was asked for, nothing is charged."
        return (
            f"Take {self.generation.take_number} goes on while Dailies runs (make run). "
            f"It will be kept at {_page(self.generation)}"
        )


def _check_given(options: dict[str, Any]) -> None:
    """Refuse an option whose value is empty, as from a shell variable that isn't set."""
    for name in ("project", "start_image", "extend", "output"):
        if options[name] is not None and str(options[name]) in ("", "."):
            flag = "--" + name.replace("_", "-")
            raise CommandError(f"{flag} is empty. Give it a value, or leave it out.")


def _project(slug: str | None) -> Project:
    team.make()
    project = Project.objects.filter(slug=slug).first() if slug else team.project()
    if project is None:
        known = ", ".join(Project.objects.order_by("slug").values_list("slug", flat=True)[:20])
        wanted = f"no project called {slug}" if slug else "no demo project; name one with --project"
        raise CommandError(f"There is {wanted}. There are: {known or 'none'}.")
    return project


def _own_engine(project: Project) -> OwnEngine:
    # On its own it has no broker to wake, and says so for every step.
    logging.getLogger("generations.waking").setLevel(logging.ERROR)
    return OwnEngine(project.team)


def _order(project: Project, options: dict[str, Any]) -> Order:
    """Return what is asked for, without its picture. Raises Refused or CommandError."""
    if options["kind"] == "image":
        if options["start_image"] or options["extend"]:
            raise CommandError("--kind image takes neither --start-image nor --extend.")
        chosen = {"ratio": options["ratio"], "image_format": options["format"]}
        return image(options["prompt"], options["model"] or "photon-1", **chosen)
    return Order(
        words=options["prompt"],
        model=options["model"] or "ray-2",
        duration_s=_seconds(options["duration"]),
        resolution=options["resolution"],
        ratio=options["ratio"],
        start=_source(project, options["extend"]),
    )


def _accept(
    project: Project, order: Order, seen_usd: Decimal, options: dict[str, Any]
) -> Generation:
    """Order the take for no more than was agreed to.

    Raises Refused or CommandError, and then nothing was sent or charged.
    """
    author = project.created_by
    if options["start_image"]:  # kept only now that its price is agreed to
        order = replace(order, start=_picture(project, author, options))
    return ordering.accept(project, author, order, seen_usd=seen_usd)


def _picture(project: Project, author: Any, options: dict[str, Any]) -> Frame:
    try:
        with options["start_image"].open("rb") as picture:
            still = stills.keep_upload(project, author, picture)
    except OSError as error:
        raise CommandError(f"--start-image can't be read: {error}") from error
    if options["fit"] == "crop" and not Fit(still, options["ratio"]).is_right:
        still = stills.cut(still, options["ratio"], Place.MIDDLE, author)
    return Frame(still=still, as_is=options["fit"] == "keep")


def _source(project: Project, extended: str | None) -> Frame | None:
    if extended is None:
        return None
    try:
        return Frame(source=project.generations.get(uuid=uuid.UUID(extended)))
    except (ValueError, Generation.DoesNotExist) as error:
        raise CommandError(
            f"--extend: {project.name} has no take {extended}. Its address ends in the UUID to "
            "give."
        ) from error


def _most(text: str) -> Decimal:
    """Read the dollars of --at-most."""
    try:
        most = Decimal(text.strip().removeprefix("$"))
    except InvalidOperation:
        most = Decimal(0)
    if not most.is_finite() or most <= 0:
        raise ArgumentTypeError(f"{text} is no amount. Write dollars above zero, such as 0.40.")
    return most


def _seconds(text: str) -> int:
    found = re.fullmatch(r"(\d{1,4})\s*s?", text.strip())
    if not found:
        raise CommandError(f"--duration {text} is no length. Write seconds, such as 5s.")
    return int(found[1])


def _check_output(output: Path | None) -> None:
    """Raise CommandError now rather than after the take was paid for."""
    if output is None:
        return
    if output.is_dir():
        raise CommandError(f"--output {output} is a directory. Name a file, such as out.mp4.")
    try:
        _part(output).touch()
        _part(output).unlink()
    except OSError as error:
        raise CommandError(f"--output {output} can't be written: {error.strerror}.") from error


def _write(file: Path, output: Path) -> Path:
    try:
        shutil.copyfile(file, _part(output))
        _part(output).replace(output)
    except OSError as error:
        _part(output).unlink(missing_ok=True)
        raise CommandError(
            f"{output} can't be written ({error.strerror}); it is {file}."
        ) from error
    return output


def _part(output: Path) -> Path:
    return output.with_name(f".{output.name}.part")


def _is_over(generation: Generation) -> bool:
    if generation.state != State.COMPLETED:
        return not generation.is_unfinished
    made = _file_of(generation)
    return made is not None and made.state != Asset.State.PENDING


def _file_of(generation: Generation) -> Asset | None:
    kind = Asset.Kind.IMAGE if generation.prompt.is_picture else Asset.Kind.VIDEO
    return generation.assets.filter(kind=kind).first()


def _page(generation: Generation) -> str:
    base = settings.PUBLIC_URL or f"http://127.0.0.1:{settings.PORT}"
    return f"{base}/generations/{generation.uuid}/"


def _in_words(refusal: Refused) -> str:
    lines = [f"{_OPTIONS.get(field, field)}: {words}" for field, words in refusal.errors.items()]
    return "\n".join([*lines, _NOTHING])
