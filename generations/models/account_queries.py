"""Questions about many accounts."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Case, Exists, OuterRef, Q, Subquery, When
from django.db.models.functions import Now

from generations.models.attempt import Attempt
from generations.models.paused_line import PausedLine

if TYPE_CHECKING:
    from generations.models.account import Account

# That it is at its limit is believed for so long after it was sent something last.
_BUSY_BELIEVED_S = 300.0


def change_in_order(rows: models.QuerySet[Any], **changes: Any) -> int:
    """Change several rows that are locked first, by their ids as all others do; returns how many.

    An update alone locks them in any order, and may wait for somebody who waits for it.
    """
    with transaction.atomic():
        ordered = rows.select_for_update(no_key=True).order_by("pk")
        list(ordered.values_list("pk", flat=True))
        return rows.update(**changes)


class AccountQuerySet(models.QuerySet["Account"]):
    """Questions about many accounts."""

    def with_key(self) -> Self:
        """Without those that takes are only booked under: they have no key, and send nothing."""
        return self.exclude(sealed_key="")

    def usable(self) -> Self:
        """Accounts that work may be given to, the preferred first."""
        mine = self.with_key().filter(enabled=True, lacks_models=False)
        return mine.order_by("rank", "id")

    def in_order_of_choice(self) -> Self:
        """Those that work may be given to, the one that gets it first: the preferred that works.

        When none does, the preferred one is first, where it waits.
        """
        held_up = Q(opened_at__isnull=False) | Q(paused_at__isnull=False) | busy_for_long()
        choice = Case(When(held_up, then=1), default=0)
        return self.usable().annotate(choice=choice).order_by("choice", "rank", "id")

    def that_count(self) -> Self:
        """Only those that get orders now, one of each provider in a team."""
        rivals = self.model._default_manager.filter(
            team=OuterRef("team"), provider=OuterRef("provider")
        )
        return self.filter(pk=Subquery(rivals.in_order_of_choice().values("pk")[:1]))

    def sharing(self, account: "Account") -> Self:
        """The account and all others, of any team, with its very key: they share its limits."""
        if not account.key_print:
            return self.filter(pk=account.pk)
        same = {name: getattr(account, name) for name in ("provider", "base_url", "key_print")}
        return self.filter(**same).order_by("pk")

    def due_for_probe(self, now: datetime) -> Self:
        """Those that are left alone until somebody has asked whether they work again."""
        return self.filter(enabled=True, probe_at__lte=now)

    def due_for_look(self, now: datetime) -> Self:
        """Those whose price list is to be read again."""
        return self.filter(enabled=True, look_at__lte=now)

    def with_use(self) -> Self:
        """With `is_used`: whether takes or bookings need them kept."""
        same = self.model._default_manager.filter(pk=OuterRef("pk"))
        return self.annotate(
            is_used=Exists(same.filter(generations__isnull=False))
            | Exists(same.filter(attempts__isnull=False))
            | Exists(same.filter(reconciliations__correction__isnull=False))
        )

    def with_lines(self) -> Self:
        """With whether their team's line stands still."""
        paused = PausedLine.objects.filter(team=OuterRef("team"))
        return self.annotate(line_is_paused=Exists(paused))


def busy_for_long() -> Q:
    """Return what asks for the accounts that have been at their limit for long.

    By the database's clock: what a card or a door asks for is built once and asked for days.
    """
    lately = Now() - timedelta(seconds=_BUSY_BELIEVED_S)
    asked = Attempt.objects.filter(account=OuterRef("pk"), sent_at__gte=lately)
    long_ago = Now() - timedelta(seconds=settings.BUSY_LONG_S)
    return Q(Exists(asked), problem="busy", problem_since__lte=long_ago)
