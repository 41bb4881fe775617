"""`manage.py import_luma`: the takes that a key already made, brought into a project."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generations import importing
from generations.models import Account, Import
from generations.providers import those_that
from generations.refusal import Refused
from studio.imports import in_words, progress_of
from studio.models import Project


class Command(BaseCommand):
    help = "Brings the takes that an account's key already made into a project."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", metavar="SLUG", required=True)
        parser.add_argument("--account", metavar="NAME", help="the preferred one unless given")
        parser.add_argument("--dry-run", action="store_true", help="only say what would come")

    def handle(self, *args: Any, **options: Any) -> None:
        project = _project(options["project"])
        account = _account(project, options["account"])
        try:
            looked = importing.look(project, account, project.created_by)
            self._see_through(looked)
            self.stdout.write(in_words(looked))
            if options["dry_run"] or not looked.ready:
                return
            importing.bring(looked, project.created_by)
            self._see_through(looked)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(in_words(looked))
        self.stdout.write("Their files are fetched while Dailies runs (make run).")

    def _see_through(self, import_: Import) -> None:
        """Have it done, here or by a worker, and say how far that is meanwhile."""
        said = ""

        def tell(under_way: Import) -> None:
            nonlocal said
            if (words := progress_of(under_way)) != said:
                self.stdout.write(words)
                said = words

        importing.see_through(import_, tell)
        if import_.state == Import.State.FAILED:
            raise CommandError(import_.words)


def _project(slug: str) -> Project:
    project = Project.objects.filter(slug=slug).first()
    if project is None:
        known = ", ".join(Project.objects.order_by("slug").values_list("slug", flat=True)[:20])
        raise CommandError(f"There is no project called {slug}. There are: {known or 'none'}.")
    return project


def _account(project: Project, name: str | None) -> Account:
    theirs = Account.objects.filter(team_id=project.team_id, provider__in=those_that("can_list"))
    account = theirs.filter(name=name).first() if name else theirs.usable().first()
    if account is None:
        known = ", ".join(theirs.values_list("name", flat=True)) or "none"
        raise CommandError(
            f"The team has no usable account {name or ''} whose provider keeps a list of its jobs. "
            f"There are: {known}."
        )
    return account
