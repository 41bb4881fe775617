"""A team's webhooks: which there are, what each was told, and what is to be done about it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from generations.refusal import Refused
from studio.access import delivery_for, team_for, webhook_for
from studio.forms.webhooks import WebhookForm
from studio.http import Request
from studio.models import Role, Team, Webhook
from studio.webhooks import delivering, keeping
from studio.webhooks.events import EVENTS

_SHOWN = 100


@require_safe
def webhooks(request: Request) -> HttpResponse:
    """Show the current team's webhooks."""
    return _page(request, team_for(request, Role.OWNER), WebhookForm())


@never_cache
@require_POST
def add(request: Request) -> HttpResponse:
    """Add one; its secret is on the page that answers, and never again."""
    team = team_for(request, Role.OWNER)
    form = WebhookForm(request.POST)
    made = form.add(team, request.user)
    if made is None:
        return _page(request, team, form)
    return _one(request, *made)


@require_safe
def webhook(request: Request, uuid: UUID) -> HttpResponse:
    """Show one, and the log of what it was told."""
    return _one(request, webhook_for(request, uuid))


@require_POST
def change(request: Request, uuid: UUID) -> HttpResponse:
    """Tell it of other things."""
    found = webhook_for(request, uuid)
    try:
        keeping.change(found, request.POST.getlist("events"))
        messages.success(request, "That is what it is told from now on.")
    except Refused as refused:
        messages.info(request, str(refused))
    return _back(found)


@require_POST
def send_test(request: Request, uuid: UUID) -> HttpResponse:
    """Send it a message that only shows that messages arrive."""
    found = webhook_for(request, uuid)
    if found.stopped_at:
        messages.info(request, "It is stopped. Let it go on first.")
    else:
        delivering.send_test(found)
        messages.success(request, "A test is on its way. Look again in a moment.")
    return _back(found)


@require_POST
def stop(request: Request, uuid: UUID) -> HttpResponse:
    """Tell it nothing for now."""
    found = webhook_for(request, uuid)
    return _done(request, found, keeping.stop(found), "It is told nothing until you let it go on.")


@require_POST
def go_on(request: Request, uuid: UUID) -> HttpResponse:
    """Tell it again of what happens."""
    found = webhook_for(request, uuid)
    return _done(request, found, keeping.go_on(found), "It is told of what happens from now on.")


@never_cache
@require_POST
def renew(request: Request, uuid: UUID) -> HttpResponse:
    """Give it another secret, which is on the page that answers, and never again."""
    found = webhook_for(request, uuid)
    return _one(request, found, keeping.renew(found))


@require_POST
def remove(request: Request, uuid: UUID) -> HttpResponse:
    """Forget it."""
    found = webhook_for(request, uuid)
    keeping.remove(found)
    messages.success(request, "The webhook is removed.")
    return redirect(f"{reverse('webhooks')}?team={found.team.uuid}")


@require_POST
def send_again(request: Request, uuid: UUID) -> HttpResponse:
    """Send a message once more."""
    found = delivery_for(request, uuid)
    return _done(request, found.webhook, found.again(), "It is sent again.")


def _page(request: Request, team: Team, form: WebhookForm) -> HttpResponse:
    there = Webhook.objects.filter(team=team)
    return render(request, "webhooks.html", {"team": team, "webhooks": there, "form": form})


def _one(request: Request, webhook: Webhook, secret: str = "") -> HttpResponse:
    """Show one, with its secret where that is new."""
    told = [(each, each.name in webhook.events) for each in EVENTS]
    log = webhook.deliveries.all()[:_SHOWN]
    context = {"team": webhook.team, "webhook": webhook, "told": told, "log": log}
    return render(request, "webhook.html", context | {"secret": secret})


def _done(request: Request, webhook: Webhook, done: bool, words: str) -> HttpResponse:
    """Say what was done, by whoever was first, and go back to the webhook."""
    if done:
        messages.success(request, words)
    return _back(webhook)


def _back(webhook: Webhook) -> HttpResponse:
    return redirect("webhook", webhook.uuid)
