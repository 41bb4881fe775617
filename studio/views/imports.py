"""Bringing in what a key made before Dailies knew it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from generations import importing
from generations.models import Account, Import
from generations.providers import those_that
from generations.refusal import Refused
from studio.access import import_for, project_for
from studio.http import Request
from studio.imports import in_words, would_come
from studio.models import Role
from studio.views.board import number


@require_safe
def import_page(request: Request, slug: str) -> HttpResponse:
    """Show the last import, what would come, and how far it is; its own part for htmx."""
    project = project_for(request, slug, Role.PRODUCER)
    last = Import.objects.filter(project=project).order_by("-id").first()
    listing = Account.objects.with_key().filter(provider__in=those_that("can_list"))
    accounts = listing.filter(team_id=project.team_id).order_by("rank")
    context = {
        "project": project,
        "import": last,
        "words": in_words(last) if last and not last.is_open else "",
        "would_come": would_come(last) if last else "",
        "accounts": accounts,
    }
    template = "import.html#import" if request.htmx else "import.html"
    return render(request, template, context)


@require_POST
def look(request: Request, slug: str) -> HttpResponse:
    """Look through an account's jobs, to say what would come."""
    project = project_for(request, slug, Role.PRODUCER)
    theirs = Account.objects.filter(team_id=project.team_id, provider__in=those_that("can_list"))
    account = theirs.filter(pk=number(request.POST, "account")).first()
    try:
        if account is None:
            raise Refused({"account": "Choose one of the team's accounts."})
        importing.look(project, account, request.user)
    except Refused as refused:
        messages.info(request, str(refused))
    return redirect("import", slug)


@require_POST
def bring(request: Request, uuid: UUID) -> HttpResponse:
    """Bring in what was found."""
    looked = import_for(request, uuid, Role.PRODUCER)
    try:
        importing.bring(looked, request.user)
    except Refused as refused:
        messages.info(request, str(refused))
    return redirect("import", looked.project.slug)
