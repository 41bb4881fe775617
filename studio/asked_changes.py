"""What reviewers want changed of the take that a prompt is made from."""

from dataclasses import dataclass
from uuid import UUID

from generations.models import Generation
from studio.models import Note, Project, Review, Verdict


@dataclass(frozen=True)
class AskedChanges:
    """A take of which changes are wanted, and its notes that nobody has resolved."""

    take: Generation
    notes: list[Note]

    @classmethod
    def of(cls, project: Project, prompt: UUID | None) -> "AskedChanges | None":
        """Return what is wanted of the newest take of a prompt, or None where nothing is."""
        if prompt is None:
            return None
        judged = Generation.objects.filter(
            **{"project": project, "prompt__uuid": prompt, "review__verdict": Verdict.CHANGES}
        )
        take = judged.order_by("-pk").first()
        return None if take is None else cls._said_of(take)

    @classmethod
    def of_take(cls, take: Generation) -> "AskedChanges | None":
        """Return what is wanted of this take, or None where nothing is."""
        if not Review.objects.filter(generation=take, verdict=Verdict.CHANGES).exists():
            return None
        return cls._said_of(take)

    @classmethod
    def _said_of(cls, take: Generation) -> "AskedChanges":
        said = Note.objects.filter(generation=take, answers=None, resolved_at=None)
        return cls(take, list(said.exclude(words="").for_list()))
