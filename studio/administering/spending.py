"""What an administrator does about takes that costs money: retried and approved, prices first."""

from collections.abc import Callable, Iterable
from decimal import Decimal

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse

from generations import approving, ordering
from generations.catalogue import dollars
from generations.models import Generation, State
from generations.refusal import Refused, upper_first
from studio import auditing
from studio.access import spends_freely
from studio.forms.approval import DeclineForm
from studio.forms.shown import shown_usd
from studio.models import AuditEntry

_NOT_ASKED = "{take} isn't waiting for approval any more: somebody else decided, or took it back."
_NOT_FAILED = "{take} isn't waiting to be retried."


class Spending(admin.ModelAdmin):
    """The verbs about takes' money, each with today's price before it is spent."""

    def _prices(
        self,
        request: HttpRequest,
        takes: list[Generation],
        action: str,
        verb: str,
        price_of: Callable[[Generation], Decimal],
    ) -> TemplateResponse:
        """Ask once more, with what each costs today."""
        rows: list[tuple[Generation, Decimal | None, str]] = []
        for take in takes:
            try:
                rows.append((take, price_of(take), ""))
            except Refused as refused:
                rows.append((take, None, str(refused)))
        priced = [price_usd for _, price_usd, _ in rows if price_usd is not None]
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": f"{verb} takes",
            **{"action": action, "verb": verb, "rows": rows, "count": len(priced)},
            "total_usd": sum(priced, Decimal(0)),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/priced_takes.html", context)

    @admin.action(description="Retry, once the price is seen", permissions=["change"])
    def retry(
        self, request: HttpRequest, queryset: QuerySet[Generation]
    ) -> TemplateResponse | None:
        """Send failed and cancelled ones again, at the price that was shown for each."""
        takes = list(queryset.order_by("pk"))
        if "seen" not in request.POST:
            return self._prices(request, takes, "retry", "Retry", _price_again)

        def again(take: Generation) -> None:
            seen_usd = shown_usd(request.POST.get(f"shown_{take.pk}"))
            asks = not spends_freely(request.user, take.project)  # type: ignore[arg-type]
            ordering.retry(take, request.user, asks=asks, seen_usd=seen_usd)
            words = (
                f"Retried {{takes}} of {{project}} as an administrator, {dollars(take.price_usd)}"
            )
            auditing.note_takes(AuditEntry.Kind.APPROVAL, [take], words)

        self._each(request, takes, again, "sent again")
        return None

    @admin.action(
        description="Approve the spending, once the price is seen", permissions=["change"]
    )
    def approve_spending(
        self, request: HttpRequest, queryset: QuerySet[Generation]
    ) -> TemplateResponse | None:
        """Have requested ones generated, no dearer than what was shown for each."""
        takes = list(queryset.order_by("pk"))
        if "seen" not in request.POST:
            verb = "Approve the spending on"
            return self._prices(request, takes, "approve_spending", verb, _price_asked)

        def have_it_made(take: Generation) -> None:
            seen_usd = shown_usd(request.POST.get(f"shown_{take.pk}"))
            approving.approve(take, request.user, seen_usd)
            words = f"Approved spending at most {dollars(seen_usd)} on {{takes}} of {{project}} "
            auditing.note_takes(AuditEntry.Kind.APPROVAL, [take], f"{words}as an administrator")

        self._each(request, takes, have_it_made, "approved, and in line")
        return None

    @admin.action(description="Decline the spending", permissions=["change"])
    def decline_spending(
        self, request: HttpRequest, queryset: QuerySet[Generation]
    ) -> TemplateResponse | None:
        """Decline requested ones, with a reason for their artists."""
        takes = list(queryset.order_by("pk"))
        if "why" not in request.POST:
            verb = "Decline the spending on"
            return self._prices(request, takes, "decline_spending", verb, _price_asked)

        def decline(take: Generation) -> None:
            if errors := DeclineForm(request.POST).decline(take, request.user):  # type: ignore[arg-type]
                raise Refused(errors)

        self._each(request, takes, decline, "declined")
        return None

    def _each(
        self,
        request: HttpRequest,
        takes: Iterable[Generation],
        verb: Callable[[Generation], None],
        done: str,
    ) -> None:
        """Do something to each of them, and say of which it couldn't be done, and why."""
        count, refused = 0, []
        for take in takes:
            try:
                verb(take)
                count += 1
            except Refused as reason:
                refused.append(str(reason))
        self._tell(request, count, done, refused)

    def _tell(self, request: HttpRequest, count: int, done: str, refused: list[str]) -> None:
        if count:
            many = "1 take is" if count == 1 else f"{count} takes are"
            self.message_user(request, f"{many} {done}.", messages.SUCCESS)
        for words in refused:
            self.message_user(request, words, messages.WARNING)


def _price_again(take: Generation) -> Decimal:
    """Return what retrying a take costs today, in dollars. Raises Refused where it can't be."""
    if take.state not in (State.FAILED, State.CANCELLED) or not take.may_go_again:
        raise Refused({"": _NOT_FAILED.format(take=upper_first(take.name))})
    return ordering.terms_today(take)[1]


def _price_asked(take: Generation) -> Decimal:
    """Return what a requested take costs today, in dollars. Raises Refused where it can't be."""
    if take.state != State.REQUESTED:
        raise Refused({"": _NOT_ASKED.format(take=upper_first(take.name))})
    return ordering.terms_today(take)[1]
