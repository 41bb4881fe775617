"""`manage.py member EMAIL`: take a person into a team, or give them another role in it."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from studio import auditing
from studio.management.teams import team_called
from studio.models import AuditEntry, Membership, Role, User

_ROLES = [role.value for role in Role if role is not Role.OWNER]


class Command(BaseCommand):
    help = (
        "Takes a person into a team, or gives them another role in it. Who is new here gets a "
        "password, which is printed once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--team", metavar="NAME", help="the only one there is, if left out")
        parser.add_argument("--role", choices=_ROLES, default=Role.ARTIST.value)

    def handle(self, *args: Any, **options: Any) -> None:
        email, role = options["email"].strip(), Role(options["role"])
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email} is no e-mail address.") from error
        team = team_called(options["team"])
        with transaction.atomic():
            person = User.objects.at(email)
            password = "" if person else secrets.token_urlsafe(12)
            person = person or User.objects.create_user(email, password)
            mine = Membership.objects.filter(team=team, user=person)
            if mine.filter(role=Role.OWNER).exists():
                raise CommandError(f"{person.email} owns {team}, and a team has to have an owner.")
            Membership.objects.update_or_create(team=team, user=person, defaults={"role": role})
            auditing.note(AuditEntry.Kind.PEOPLE, team, f"Made {person} {role.value}")
        self.stdout.write(f"{person.email} is {role.label.lower()} in {team}.")
        if password:
            self.stdout.write(f"Their password, shown only now: {password}")
