"""Following the projects: each event that a webhook wants becomes a message in its log, once.

A webhook is held against each project's Events in order, from the number up to which it was held
last. The messages and that number are kept together, so that nothing is told twice or left out.
"""

import logging

from django.db import transaction
from django.db.models import Max, OuterRef, Subquery
from django.db.models.functions import Coalesce

from generations.clocks import shared_now
from generations.models import BudgetWarning, Counter, Event
from studio.models import Delivery, Webhook, WebhookPlace
from studio.webhooks.events import BUDGET, budget_message, kinds_of, messages_of

log = logging.getLogger(__name__)

# Of one project at a time; what is left comes the next time.
_MOST = 500


def follow_all() -> int:
    """Write down what all webhooks are to be told; return how many messages that were."""
    newest = _newest_warning()
    return sum(_follow(webhook, newest) for webhook in Webhook.objects.on())


def begin(webhook: Webhook) -> None:
    """Have a webhook hear of what happens from now on."""
    Webhook.objects.filter(pk=webhook.pk).update(budget_warning=_newest_warning())
    there = Counter.objects.filter(project__team=webhook.team_id)
    WebhookPlace.objects.bulk_create(
        [
            WebhookPlace(webhook=webhook, project_id=project, number=events)
            for project, events in there.values_list("project", "events")
        ],
        update_conflicts=True,
        update_fields=["number"],
        unique_fields=["webhook", "project"],
    )


def _follow(webhook: Webhook, newest_warning: int) -> int:
    place = WebhookPlace.objects.filter(webhook=webhook, project=OuterRef("project"))
    held = Coalesce(Subquery(place.values("number")), 0)
    behind = (
        Counter.objects.filter(project__team=webhook.team_id)
        .annotate(held=held)
        .filter(events__gt=held)
        .select_related("project")
    )
    told = _follow_budgets(webhook, newest_warning)
    return told + sum(_follow_in(webhook, counter) for counter in behind)


def _follow_budgets(webhook: Webhook, newest: int) -> int:
    """Write down which budgets are nearly gone since the webhook was told of some."""
    if newest <= webhook.budget_warning:
        return 0
    with transaction.atomic():
        return _tell_of_budgets(webhook, newest)


def _tell_of_budgets(webhook: Webhook, newest: int) -> int:
    held = webhook.budget_warning
    mine = Webhook.objects.filter(pk=webhook.pk, budget_warning=held)
    if not mine.update(budget_warning=newest):
        return 0  # another worker was first
    if BUDGET not in webhook.events:
        return 0
    warnings = BudgetWarning.objects.filter(
        budget__team=webhook.team_id, pk__gt=held, pk__lte=newest
    ).exclude(budget__project__is_private=True)
    found = warnings.select_related("budget__team", "budget__project").order_by("pk")
    return len(_put_in_line(webhook, [budget_message(warning) for warning in found]))


def _newest_warning() -> int:
    return BudgetWarning.objects.aggregate(newest=Max("pk"))["newest"] or 0


def _put_in_line(webhook: Webhook, messages: list[tuple[str, str]]) -> list[Delivery]:
    now = shared_now()
    made = [
        Delivery(webhook=webhook, event=name, body=body, next_at=now) for name, body in messages
    ]
    return Delivery.objects.bulk_create(made)


@transaction.atomic
def _follow_in(webhook: Webhook, counter: Counter) -> int:
    place, _ = WebhookPlace.objects.get_or_create(webhook=webhook, project_id=counter.project_id)
    place = WebhookPlace.objects.select_for_update().get(pk=place.pk)
    wanted: list[Event] = []
    number = counter.events
    if not counter.project.is_private:  # not even that there is one is told outside
        events = Event.objects.filter(
            project=counter.project_id,
            number__gt=place.number,
            number__lte=number,
            kind__in=kinds_of(webhook.events),
        )
        found = events.select_related("generation__prompt", "generation__version_of", "project")
        wanted = list(found.select_related("actor").order_by("number")[:_MOST])
    if len(wanted) == _MOST:
        number = wanted[-1].number
    if not WebhookPlace.objects.filter(pk=place.pk, number=place.number).update(number=number):
        return 0  # another worker was first
    told = 0
    for event in wanted:
        for delivery in _put_in_line(webhook, messages_of(event, webhook.events)):
            told += 1
            log.info(
                "generation %s: %s is told to webhook %s as %s",
                *(event.generation.uuid, delivery.event, webhook.uuid, delivery.uuid),
            )
    return told
