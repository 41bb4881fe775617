"""`manage.py delete_person EMAIL`: delete a person's account for good; what they made stays."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generations.refusal import Refused
from studio.leaving import departing
from studio.management.people import person_at


class Command(BaseCommand):
    help = (
        "Deletes a person's account for good: what they made stays with their teams, under "
        "“Somebody who left”. `disable` only keeps somebody out."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument(
            "--yes", action="store_true", help="it can't be undone: say that you mean it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        person = person_at(options["email"])
        email = person.email
        if not options["yes"]:
            raise CommandError(f"This deletes {email} for good. Say --yes if you mean it.")
        try:
            departing.depart(person)
        except Refused as refused:
            raise CommandError(f"{email} can't go yet. {refused}") from refused
        self.stdout.write(f"{email} is deleted. What they made stays.")
