"""What a take's files are called where people keep them."""

from django.utils.text import slugify

from generations.models import Generation
from studio.models import Bundle, Export, Sound


def file_name(take: Generation) -> str:
    """Return a file's name without its ending: project, number, and the prompt's first words."""
    number = f"take-{take.take_number}" if take.take_number else f"version-{take.uuid}"
    return f"{take.project.slug}-{number}-{slugify(take.prompt.words)[:40].strip('-')}".strip("-")


def export_name(export: Export) -> str:
    """Return an export's name without its ending: project, sequence, and when it was made."""
    made = (export.ended_at or export.created_at).strftime("%Y%m%d-%H%M")
    return f"{export.sequence.project.slug}-{slugify(export.sequence.name)[:60]}-{made}"


def sound_name(sound: Sound) -> str:
    """Return a sound's name without its ending."""
    return f"{sound.project.slug}-{slugify(sound.name)[:60] or 'sound'}"


def bundle_name(bundle: Bundle) -> str:
    """Return a bundle's name without its ending: project, and when it was made."""
    made = (bundle.ended_at or bundle.created_at).strftime("%Y%m%d-%H%M")
    return f"{bundle.project.slug}-everything-{made}"
