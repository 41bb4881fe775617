"""A team's accounts at providers: their keys, their order, and what may stand in for what."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from generations import enrolling, looking, pricing, queueing, standing_in
from generations.models import Account
from generations.providers import abilities_of
from generations.refusal import Refused
from studio import auditing
from studio.access import account_at, team_for
from studio.forms import (
    AccountForm,
    AnotherKeyForm,
    FactorForm,
    FallbackForm,
    LimitsForm,
    OwnPriceForm,
)
from studio.http import Request
from studio.keys import Keys
from studio.models import AuditEntry, Role, Team

_KEYS = AuditEntry.Kind.KEYS


@require_safe
def accounts(request: Request) -> HttpResponse:
    """Show the team's accounts, the preferred first."""
    return _page(request, team_for(request, Role.PRODUCER))


@sensitive_post_parameters("key")
@require_POST
def add(request: Request) -> HttpResponse:
    """Keep a new key, once its provider has answered to it."""
    team = team_for(request, Role.PRODUCER)
    form = AccountForm(request.POST)
    account = form.enroll(team)
    if account is None:
        return _page(request, team, new=form)
    words = "is kept and takes work" if account.enabled else "failed its test; it is kept, off"
    if account.enabled and account.lacks_models:
        words = "is kept, and offers nothing yet: its price list doesn't name Luma's models"
    elif account.enabled and pricing.wants_prices(account):
        words = "is kept, and takes work once you have put in what you pay there"
    return _done(request, account, f"{account} {words}.")


@sensitive_post_parameters("key")
@require_POST
def replace(request: Request, uuid: UUID) -> HttpResponse:
    """Put another key in an account's place."""
    account = account_at(request, uuid)
    form = AnotherKeyForm(request.POST, auto_id=f"key-{account.uuid}-%s")
    made = form.replace(account)
    if made is None:
        return _page(request, account.team, replaced=(account, form))
    words = f"has another key: {made}" if made == account else f"is replaced by {made}"
    return _done(request, made, f"{account.name} {words}.")


@require_POST
def test(request: Request, uuid: UUID) -> HttpResponse:
    """Ask an account whether it works, and for its balance."""
    account = account_at(request, uuid)
    return _done(request, account, enrolling.try_again(account))


@require_POST
def switch_on(request: Request, uuid: UUID) -> HttpResponse:
    """Let an account take work, if it answers."""
    account = account_at(request, uuid)
    try:
        enrolling.switch_on(account)
    except Refused as refused:
        return _done(request, account, f"{account} stays switched off. {refused}")
    auditing.note(_KEYS, account.team, f"Switched the account {account} on")
    return _done(request, account, f"{account} takes work.")


@require_POST
def switch_off(request: Request, uuid: UUID) -> HttpResponse:
    """Give an account no more work."""
    account = account_at(request, uuid)
    enrolling.switch_off(account)
    auditing.note(_KEYS, account.team, f"Switched the account {account} off")
    return _done(request, account, f"{account} takes no work. What runs there is still watched.")


@require_POST
def pause(request: Request, uuid: UUID) -> HttpResponse:
    """Stop the line before an account."""
    account = account_at(request, uuid)
    with transaction.atomic():
        if queueing.pause_account(account, request.user):
            auditing.note(_KEYS, account.team, f"Paused the line of the account {account}")
    return _done(request, account, f"The line of {account} is paused.")


@require_POST
def resume(request: Request, uuid: UUID) -> HttpResponse:
    """Let the line before an account go on."""
    account = account_at(request, uuid)
    with transaction.atomic():
        if queueing.resume_account(account, request.user):
            auditing.note(_KEYS, account.team, f"Let the line of the account {account} go on")
    return _done(request, account, f"The line of {account} goes on.")


@require_POST
def prefer(request: Request, uuid: UUID) -> HttpResponse:
    """Put an account one place ahead."""
    account = account_at(request, uuid)
    enrolling.prefer(account)
    return _done(request, account)


@require_POST
def limits(request: Request, uuid: UUID) -> HttpResponse:
    """Set an account's limits."""
    account = account_at(request, uuid)
    wrong = LimitsForm(request.POST).set(account)
    return _done(request, account, wrong or f"The limits of {account} are kept.")


@require_POST
def own_price(request: Request, uuid: UUID) -> HttpResponse:
    """Set what an account pays for what a model makes."""
    account = account_at(request, uuid)
    form = OwnPriceForm(account, request.POST, auto_id=f"price-{account.uuid}-%s")
    if not form.set(account):
        return _page(request, account.team, priced=(account, form))
    auditing.note(_KEYS, account.team, f"Set prices of the account {account}. {form.words}")
    return _done(request, account, f"The prices of {account} are kept. {form.words}")


@require_POST
def price_factor(request: Request, uuid: UUID) -> HttpResponse:
    """Set what an account's prices are, by the published ones."""
    account = account_at(request, uuid)
    form = FactorForm(request.POST, auto_id=f"factor-{account.uuid}-%s")
    if not form.set(account):
        return _page(request, account.team, factored=(account, form))
    words = f"{account} pays the published prices times {form.factor}"
    return _done(request, account, f"{words}, but where it has its own.")


@require_POST
def look(request: Request, uuid: UUID) -> HttpResponse:
    """Look now whether a gateway has Luma's models."""
    account = account_at(request, uuid)
    if not abilities_of(account).may_lack_models:
        return _done(request, account, f"{account} has all of its provider's models.")
    if not looking.look(account):
        words = f"The price list of {account} can't be read just now. It is tried again by itself."
        return _done(request, account, words)
    names = "doesn't name Luma's models" if account.lacks_models else "names Luma's models"
    return _done(request, account, f"The price list of {account} {names}.")


@require_safe
def price_example(request: Request, uuid: UUID) -> HttpResponse:
    """Show what a price would make of one take."""
    account = account_at(request, uuid)
    context = {"form": OwnPriceForm(account, request.GET), "account": account}
    return render(request, "_price_example.html", context)


@require_POST
def remove(request: Request, uuid: UUID) -> HttpResponse:
    """Forget an account that nothing was ordered at."""
    account = account_at(request, uuid)
    try:
        enrolling.remove(account)
    except Refused as refused:
        return _done(request, account, str(refused))
    auditing.note(_KEYS, account.team, f"Removed the account {account}")
    return _done(request, account, f"{account} is removed.")


@require_POST
def fallback(request: Request) -> HttpResponse:
    """Say which model may take another's place."""
    team = team_for(request, Role.PRODUCER)
    form = FallbackForm(request.POST)
    if not form.set(team):
        return _page(request, team, fallback=form)
    messages.info(request, "What may take another model's place is kept.")
    return redirect("accounts")


@require_POST
def no_fallback(request: Request) -> HttpResponse:
    """Let no model take another's place any more."""
    team = team_for(request, Role.PRODUCER)
    model = request.POST.get("from_model", "").replace("\0", "")
    if standing_in.forbid(team, model):
        auditing.note(_KEYS, team, f"Let no model take the place of {model} any more")
        messages.info(request, "No other model takes its place any more.")
    return redirect("accounts")


def _page(
    request: Request,
    team: Team,
    *,
    new: AccountForm | None = None,
    replaced: tuple[Account, AnotherKeyForm] | None = None,
    priced: tuple[Account, OwnPriceForm] | None = None,
    factored: tuple[Account, FactorForm] | None = None,
    fallback: FallbackForm | None = None,
) -> HttpResponse:
    keys = Keys(team, new or AccountForm(), replaced, priced, factored, fallback or FallbackForm())
    others = Team.objects.filter(
        memberships__user=request.user, memberships__role__in=(Role.OWNER, Role.PRODUCER)
    ).exclude(pk=team.pk)
    return render(request, "accounts.html", {"keys": keys, "others": others})


def _done(request: Request, account: Account, words: str = "") -> HttpResponse:
    if words:
        messages.info(request, words)
    request.session["team"] = str(account.team.uuid)
    return redirect("accounts")
