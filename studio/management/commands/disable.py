"""`manage.py disable EMAIL`: sign a person out everywhere, and keep them out."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generations.refusal import Refused
from studio import shutting_out
from studio.management.people import person_at


class Command(BaseCommand):
    help = (
        "Signs a person out everywhere and lets them sign in no more; what they made stays. "
        "--undo lets them in again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--undo", action="store_true", help="let them sign in again")

    def handle(self, *args: Any, **options: Any) -> None:
        person = person_at(options["email"])
        if options["undo"]:
            shutting_out.enable(person)
            self.stdout.write(f"{person.email} can sign in again.")
        else:
            try:
                shutting_out.disable(person)
            except Refused as refused:
                raise CommandError(str(refused)) from refused
            self.stdout.write(f"{person.email} is signed out everywhere, and can't sign in.")
