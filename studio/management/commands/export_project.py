"""`manage.py export_project SLUG FILE`: a project with all that belongs to it, as one ZIP."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studio import auditing
from studio.leaving import writing
from studio.models import AuditEntry, Project


class Command(BaseCommand):
    help = (
        "Writes a project with its media, history, words and verdicts as one ZIP, which "
        "import_project takes in elsewhere. docs/bundle.md describes it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("file", metavar="FILE", type=Path, help="a ZIP that isn't there yet")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(slug=options["slug"]).first()
        if project is None:
            known = ", ".join(Project.objects.order_by("slug").values_list("slug", flat=True)[:20])
            raise CommandError(
                f"There is no project called {options['slug']}. There are: {known or 'none'}."
            )
        file: Path = options["file"]
        if file.exists():
            raise CommandError(f"{file} is there already. Name another file, or move it away.")
        partial = file.with_name(f"{file.name}.part")
        try:
            partial.unlink(missing_ok=True)
            written = writing.write(project, partial, lambda part: None)
            partial.replace(file)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise CommandError(f"{file} can't be written: {error.strerror}.") from error
        words = f"Exported the whole project {project}"
        auditing.note(AuditEntry.Kind.EXPORT, project.team, words, project=project)
        counts = written.counts
        self.stdout.write(f"{file}: {counts['takes']} takes and versions of {project}.")
        for each in written.missing:
            self.stdout.write(f"Missing: {each['file']}: {each['why']}.")
