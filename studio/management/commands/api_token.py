"""`manage.py api_token --email ADDRESS`: make a token for a person's scripts."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generations.refusal import Refused
from studio.dream_machine import tokens
from studio.models import Project, User

_NOBODY = "Nobody who can sign in has the address {email}."
_WHICH = "{email} sees no open project of that name. They see: {known}."


class Command(BaseCommand):
    help = "Makes a personal token for scripts that speak Luma's API, and prints it once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", metavar="ADDRESS", required=True, help="whose it is")
        parser.add_argument(
            "--project", metavar="SLUG", help="where its takes go; the person's newest if left out"
        )
        parser.add_argument("--name", default="Made at the server", help="what it is for")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip()
        user = User.objects.at(email)
        if user is None or not user.is_active:
            raise CommandError(_NOBODY.format(email=email))
        mine = Project.objects.visible_to(user).open().select_related("team").order_by("-pk")
        wanted = mine.filter(slug=options["project"]) if options["project"] else mine
        project = wanted.first()
        if project is None:
            known = ", ".join(mine.values_list("slug", flat=True)[:20]) or "none"
            raise CommandError(_WHICH.format(email=email, known=known))
        try:
            token, text = tokens.make(user, project, options["name"])
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stderr.write(f"For {user.email} in {token.team}; its takes go to {project.slug}.")
        self.stdout.write(text)
