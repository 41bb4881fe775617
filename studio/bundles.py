"""What the page of a project's bundles shows."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from django.db.models import Sum
from django.utils import timezone

from generations.models import Asset, Still
from studio.estimates import IN_A_MOMENT, about
from studio.models import Bundle, Export, Project, Sound
from studio.models.work import Work

_MOST = 20
_SAID = {
    Work.State.WAITING: "Waiting for a worker",
    Work.State.DONE: "Ready",
    Work.State.FAILED: "Failed",
    Work.State.CANCELLED: "Cancelled",
}


@dataclass(frozen=True)
class Row:
    """A bundle as its row shows it."""

    bundle: Bundle

    @property
    def state_words(self) -> str:
        """How far it is."""
        return _SAID.get(Work.State(self.bundle.state), f"Being written, {self.percent} %")

    @property
    def percent(self) -> int:
        """Which part is done."""
        return int(self.bundle.progress * 100)

    @property
    def left_words(self) -> str:
        """How long it still takes, in words."""
        it = self.bundle
        if it.started_at is None or it.progress < 0.03:
            return ""
        so_far_s = (timezone.now() - it.started_at).total_seconds()
        words = about(so_far_s / it.progress * (1 - it.progress))
        return words if words == IN_A_MOMENT else f"{words} left"


@dataclass
class Bundles:
    """The bundles of a project, the newest first, and how large another would be."""

    project: Project

    @cached_property
    def rows(self) -> list[Row]:
        """The newest ones."""
        return [Row(each) for each in Bundle.objects.for_list(self.project)[:_MOST]]

    @property
    def is_open(self) -> bool:
        """Whether one is being made."""
        return any(row.bundle.is_open for row in self.rows)

    @property
    def size_bytes(self) -> int:
        """How large its media are together, about."""
        kept, of = (*Asset.OWN, *Asset.BESIDE), self.project
        found = (
            Asset.objects.filter(generation__project=of, kind__in=kept, state=Asset.State.STORED),
            Still.objects.filter(project=of),
            Sound.objects.filter(project=of),
            Export.objects.filter(sequence__project=of, state=Export.State.DONE),
        )
        return sum(each.aggregate(n=Sum("size_bytes"))["n"] or 0 for each in found)

    @property
    def version(self) -> str:
        """A name for what the list shows: another as soon as anything of it changes."""
        told = [(it.bundle.pk, it.bundle.state, it.percent, it.left_words) for it in self.rows]
        return sha256(repr(told).encode()).hexdigest()[:16]
