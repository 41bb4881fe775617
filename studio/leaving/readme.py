"""The text in a bundle for who opens it without Dailies."""

from collections.abc import Mapping

from django.utils import timezone

from studio.models import Project

_TEXT = """{project}: everything that belongs to it, written by Dailies on {date}.

manifest.json    what this bundle is, the project, how many rows each file has, and what is missing
*.jsonl          one row a line, as JSON: {takes} takes and versions, {prompts} prompts, and so on
media/           videos, pictures, sounds and exports, each called by its SHA-256
sequences/       each sequence as OpenTimelineIO; unpack all, and an editor finds the media
HASHES.sha256    the SHA-256 of every file: sha256sum -c HASHES.sha256

takes.jsonl says what was made; its prompt is in prompts.jsonl, its file in files.jsonl, what it
was made from in frames.jsonl and references.jsonl, what was said of it in verdicts.jsonl,
notes.jsonl and scores.jsonl, and what it cost in ledger.jsonl. People are called p1, p2 and so on;
people.jsonl says their names.

Another Dailies takes it in: manage.py import_project THIS.zip --team NAME
"""


def readme(project: Project, counts: Mapping[str, int]) -> str:
    """Return the text."""
    return _TEXT.format(
        project=project.name,
        date=f"{timezone.now():%B %-d, %Y}",
        takes=counts["takes"],
        prompts=counts["prompts"],
    )
