"""`manage.py simulate --port N`: Luma's API on this machine."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generations.simulator.__main__ import add_arguments, settings_of
from generations.simulator.serving import serve


class Command(BaseCommand):
    help = "Speaks Luma's API locally: real HTTP and real MP4s, no key and no bill."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            serve(settings_of(options["port"], options["host"], options["dir"]))
        except (ValueError, OSError) as error:
            raise CommandError(str(error)) from error
