"""`manage.py import_project BUNDLE --team NAME`: take in what export_project wrote elsewhere."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generations.refusal import Refused
from studio.leaving import bringing
from studio.management.teams import team_called


class Command(BaseCommand):
    help = (
        "Takes in a project that export_project, or a project's page, wrote as one ZIP: all of "
        "it, or nothing. Money that was spent there is told and counts nowhere here."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="BUNDLE", type=Path)
        parser.add_argument("--team", metavar="NAME", help="the only one there is, if left out")

    def handle(self, *args: Any, **options: Any) -> None:
        team = team_called(options["team"])
        try:
            brought = bringing.bring(options["file"], team, self.stdout.write)
        except bringing.AlreadyHere as here:
            self.stdout.write(str(here))
            return
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        project = brought.project
        self.stdout.write(f"{project} is in {team}, with {brought.takes} takes and versions:")
        self.stdout.write(f"/projects/{project.slug}/")
        if brought.missing:
            self.stdout.write(f"{brought.missing} files were missing already when it was exported.")
