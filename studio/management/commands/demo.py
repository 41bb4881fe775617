"""`manage.py demo`: the demo team with its first film; safe to run again."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generations.ffmpeg import FFmpegFailed
from generations.media import NotMedia
from studio import provider_accounts
from studio.demo import takes, team


class Command(BaseCommand):
    help = "Makes the demo team in an empty installation, and renders its takes. Costs nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--background", action="store_true", help="give way to every other process"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["background"]:
            os.nice(10)
        demo = team.make()
        if demo is None:
            raise CommandError("This installation has people of its own; the demo stays away.")
        provider_accounts.sync(demo)
        try:
            there = len(takes.TAKES) - len(takes.missing())
            for number, _ in enumerate(takes.make(), there + 1):
                self.stdout.write(f"Rendered demo take {number} of {len(takes.TAKES)}.")
        except (takes.RenderFailed, FFmpegFailed, NotMedia) as failure:
            raise CommandError(f"A demo take couldn't be rendered: {failure}") from failure
        except KeyboardInterrupt as stopped:
            raise CommandError("Stopped; run it again for the rest.") from stopped
        sign_in = team.sign_in()
        if sign_in and not options["background"]:
            self.stdout.write(f"Sign in as {sign_in[0]} with the password {sign_in[1]}")
