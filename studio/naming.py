"""What a take's files are called where people keep them."""

from django.utils.text import slugify

from generations.models import Generation


def file_name(take: Generation) -> str:
    """Return a file's name without its ending: project, number, and the prompt's first words."""
    number = f"take-{take.take_number}" if take.take_number else f"version-{take.uuid}"
    return f"{take.project.slug}-{number}-{slugify(take.prompt.words)[:40].strip('-')}".strip("-")
