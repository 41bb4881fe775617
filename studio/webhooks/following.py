"""Following the projects: each event that a webhook wants becomes a message in its log, once.

A webhook is held against each project's Events in order, from the number up to which it was held
last. The messages and that number are kept together, so that nothing is told twice or left out.
"""

import logging

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
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
    return sum(_follow(webhook) for webhook in Webhook.objects.on())


def begin(webhook: Webhook) -> None:
    """Have a webhook hear of what happens from now on."""
    webhook.held_against.add(*_warnings_for(webhook))
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


def _follow(webhook: Webhook) -> int:
    place = WebhookPlace.objects.filter(webhook=webhook, project=OuterRef("project"))
    held = Coalesce(Subquery(place.values("number")), 0)
    behind = (
        Counter.objects.filter(project__team=webhook.team_id)
        .annotate(held=held)
        .filter(events__gt=held)
        .select_related("project")
    )
    told = _follow_budgets(webhook)
    return told + sum(_follow_in(webhook, counter) for counter in behind)


def _follow_budgets(webhook: Webhook) -> int:
    """Write down which budgets are nearly gone that the webhook wasn't told of."""
    if not _warnings_for(webhook).exists():
        return 0
    with transaction.atomic():
        # Another worker waits here, and finds nothing then.
        webhook = Webhook.objects.select_for_update().get(pk=webhook.pk)
        found = list(_warnings_for(webhook).select_related("budget__team", "budget__project"))
        webhook.held_against.add(*found)
        if BUDGET not in webhook.events:
            return 0
        projects = [(each, each.budget.project) for each in found]
        open_ones = [each for each, project in projects if not (project and project.is_private)]
        return len(_put_in_line(webhook, [budget_message(each) for each in open_ones]))


def _warnings_for(webhook: Webhook) -> QuerySet[BudgetWarning]:
    mine = BudgetWarning.objects.filter(budget__team=webhook.team_id)
    return mine.exclude(pk__in=webhook.held_against.values("pk")).order_by("pk")


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
