"""`manage.py demo`: the demo team with its first film; safe to run again."""

import os
import signal
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generations.ffmpeg import FFmpegFailed
from generations.media import NotMedia
from studio import provider_accounts
from studio.demo import takes, team
from studio.demo.rendering import RenderFailed, Renders
from studio.demo.script import TAKES


class Command(BaseCommand):
    help = "Makes the demo team in an empty installation, and renders its takes. Costs nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--background", action="store_true", help="give way to every other process"
        )
        parser.add_argument(
            "--tables-later",
            action="store_true",
            help="render at once, and touch the database when a line comes on standard input",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        first = options["tables_later"]
        if options["background"] or first:
            signal.signal(signal.SIGTERM, signal.default_int_handler)  # clear away what was begun
            os.nice(5)  # beside other work the address waits for the tables first
        # The tables keep one processor busy.
        jobs = max((os.cpu_count() or 2) - 1, 1) if first else 2
        self._rendered = 0
        try:
            with Renders(told=self._tell, jobs=min(jobs, 3)) as renders:
                self._make(renders, tables_later=first)
        except (RenderFailed, FFmpegFailed, NotMedia) as failure:
            raise CommandError(f"A demo take couldn't be rendered: {failure}") from failure
        except KeyboardInterrupt as stopped:
            raise CommandError("Stopped; run it again for the rest.") from stopped
        sign_in = team.sign_in()
        if sign_in and not (options["background"] or first):
            self.stdout.write(f"Sign in as {sign_in[0]} with the password {sign_in[1]}")

    def _make(self, renders: Renders, *, tables_later: bool) -> None:
        if tables_later:
            for take in TAKES:
                renders.begin(take)
            if not sys.stdin.readline():
                raise CommandError("Whoever makes the tables has ended.")
        demo = team.make()
        if demo is None:
            raise CommandError("This installation has people of its own; the demo stays away.")
        provider_accounts.sync(demo)
        if not tables_later:
            self._rendered = len(TAKES) - len(takes.missing())
        for _ in takes.make(renders):
            pass

    def _tell(self) -> None:
        self._rendered += 1
        self.stdout.write(f"Rendering the demo's takes: {self._rendered} of {len(TAKES)}")
