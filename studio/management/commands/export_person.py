"""`manage.py export_person EMAIL FILE`: everything about a person as one ZIP."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studio import auditing
from studio.leaving import yours
from studio.management.people import person_at


class Command(BaseCommand):
    help = "Writes everything about a person, as they could download it themselves, as one ZIP."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("file", metavar="FILE", type=Path, help="a ZIP that isn't there yet")

    def handle(self, *args: Any, **options: Any) -> None:
        person, file = person_at(options["email"]), options["file"]
        try:
            with file.open("xb") as out:
                out.writelines(yours.zip_of(person))
        except FileExistsError as error:
            raise CommandError(f"{file} is there already. Name another file.") from error
        except OSError as error:
            file.unlink(missing_ok=True)
            raise CommandError(f"{file} can't be written: {error.strerror}.") from error
        auditing.note_signing_in(person, "Had everything about themselves exported at the server")
        self.stdout.write(f"{file}: everything about {person.email}.")
