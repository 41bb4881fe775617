"""The board: the composer, the takes above it, and the live refresh of both."""

import re
from collections.abc import Sequence
from typing import Any, cast

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import (
    HttpResponseClientRefresh,
    replace_url,
    retarget,
    trigger_client_event,
)

from generations.models import Generation
from generations.refusal import upper_first
from studio import drafts
from studio.access import project_for
from studio.cards import Card, announcement
from studio.finding import Finding
from studio.forms import ComposerForm
from studio.forms.composers import Composer, blank_composer, filled_composer, sent_composer
from studio.forms.placing import without_pin
from studio.forms.slots import SLOTS_TAKEN, free_slot
from studio.http import Request, open_page
from studio.marks import marked_cards, with_marks
from studio.models import Project, Role
from studio.opened import opened_take
from studio.prompting.offers import Offer
from studio.refreshing import Refresh
from studio.selecting import Selection
from studio.starters import Starters

_TAKE_PAGE = re.compile(r"/generations/[0-9a-f-]{36}/")
# A board opens with what a usual screen shows of it, so that it is painted early; what lies below
# follows in pages.
FIRST_PAGE = 12
PAGE = 60
# How many cards the browser keeps in the page at the most (static/js/paging.js). It keeps several
# screens of them, on a usual one 120, since a scrolled frame costs by the cards that are there
# (make bench-page); only a wall of a screen needs more.
MOST_CARDS = 480

# What is typed may be longer than a server takes in an address, so the page posts it; no more than
# a picture that came along is kept by it, and a plain link does without it.
fills_composer = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def board(request: Request, slug: str) -> HttpResponse:
    """Show the board; htmx asks for what is behind a cursor, or for what the finder finds."""
    project = project_for(request, slug)
    if request.htmx and "after" in request.GET:
        return render(request, "board.html#takes", _takes(request, project))
    if request.htmx and request.htmx.target == "takes":
        context = _takes(request, project)
        address = reverse("board", args=[slug]) + context["finding"].query
        return replace_url(render(request, "board.html#found", context), address)
    return board_page(request, project, ComposerForm.blank(project, request.user))


@require_POST
def generate(request: Request, slug: str) -> HttpResponse:
    """Have what the composer holds generated: a take, or several of the same."""
    project = project_for(request, slug, Role.ARTIST)
    form = sent_composer(project, request.user, request.POST, request.FILES)
    made = form.submit()
    if made:
        drafts.forget(request)
        return submitted(request, project, made, blank_composer(project, request.user, form))
    return composer_page(request, project, form)


@fills_composer
def compose(request: Request, slug: str) -> HttpResponse:
    """Show the composer with what was sent.

    `without` names a slot to be emptied, `make` the kind to make instead, `accept` the words to
    put in place of its own, and `add` a still that is put in a free slot. `draft` is what was being
    typed when a session ended.
    """
    project = project_for(request, slug, Role.ARTIST)
    sent = drafts.kept(request, slug) if "draft" in request.GET else composer_content(request)
    changes: dict[str, object] = {f"{sent.get('without')}_{it}": "" for it in ("take", "still")}
    changes |= without_pin(sent)
    if "make" in sent:
        changes["kind"] = sent["make"]
    if "accept" in sent:
        changes["words"] = sent["accept"]
    if "add" in sent and (slot := free_slot(sent)):
        changes[f"{slot}_still"] = sent["add"]
    elif "add" in sent:
        messages.info(request, SLOTS_TAKEN)
    composer = filled_composer(project, request.user, sent, **changes)
    return composer_page(request, project, composer)


@fills_composer
def quote(request: Request, slug: str) -> HttpResponse:
    """Show the price of what the composer holds, and whether its pictures fit.

    Where words are sent, it is that of all prompts that they make.
    """
    project = project_for(request, slug, Role.ARTIST)
    sent = composer_content(request)
    form = sent_composer(project, request.user, sent)
    terms = form.quote()
    names_verb = not sent.get("editing")  # what is being changed is saved, not generated
    context = {"terms": terms, "errors": form.errors, "oob": names_verb}
    reads_words = names_verb and not form.is_making and not sent.get("retaking")
    context["offer"] = Offer(str(sent.get("words", ""))) if reads_words else None
    return render(request, "_quote.html", {**context, "composer": form, "project": project})


@require_safe
def live(request: Request, slug: str) -> HttpResponse:
    """Show what changed `since` an event, out of band; 204 when nothing did.

    `first` and `last` are the oldest and newest take numbers on the page. `open` is the take in
    the drawer, `version` what the drawer holds of it.
    """
    project, opened = project_for(request, slug), opened_take(request)
    finding = Finding(project.team, request.user, request.GET)
    since, first, last = (number(request.GET, name) for name in ("since", "first", "last"))
    if project.event_count == since and opened is None:
        return HttpResponse(status=204)
    refresh = Refresh(finding, first, last, project, since)
    if refresh.is_too_much:
        return HttpResponseClientRefresh()
    context = {"project": project, "opened": opened, "refresh": refresh}
    response = render(request, "board.html#live", context)
    return money_moved(response) if refresh.has_settled else response


def composer_content(request: Request) -> QueryDict:
    """Return what a request holds of the composer, in its body or in its address."""
    return request.POST or request.GET


def board_page(
    request: Request, project: Project, composer: Composer, **more: object
) -> HttpResponse:
    """Render the whole board around a composer."""
    context = _takes(request, project)
    return render(
        request, "board.html", {**context, **more, "project": project, "composer": composer}
    )


def put_in_composer(request: Request, project: Project, **changes: object) -> HttpResponse:
    """Show the composer with what is being typed and some changes: what a verb answers.

    A plain link brings nothing of what is being typed; the page then adds what it kept of it.
    """
    typed = composer_content(request)
    composer = filled_composer(project, request.user, typed, **changes)
    composer.is_partial = "words" not in typed
    return composer_page(request, project, composer)


def composer_page(request: Request, project: Project, composer: Composer) -> HttpResponse:
    """Render the composer alone for htmx, the whole board around it otherwise."""
    if request.htmx:
        template = "_archived.html" if project.archived_at else "_composer.html"
        return render(request, template, {"project": project, "composer": composer})
    # The whole board counts takes and events, which a take's door doesn't.
    return board_page(request, project_for(request, project.slug), composer)


def submitted(
    request: Request, project: Project, made: Sequence[Generation], composer: Composer | None
) -> HttpResponse:
    """Show takes that were just asked for, and the composer anew, unless it stays as it is."""
    if made[0].version_of:
        messages.success(request, _versions_in_line(made))
    if not request.htmx:
        return redirect("board", project.slug)
    fresh = Generation.objects.for_cards().takes().filter(pk__in=[each.pk for each in made])
    takes = with_marks(fresh, request.user).order_by("take_number")
    cards = [Card(take) for take in takes]
    context: dict[str, Any] = {"project": project, "composer": composer, "cards": cards}
    number = made[-1].take_number
    count = number - project.trashed_count if number else project.take_count
    context |= {"count": count, "said": announcement(cards)}
    answer = money_moved(render(request, "board.html#submitted", context))
    answer = retarget(answer, "#composer")
    answer["HX-Reswap"] = "morph" if composer else "none"
    # Where the order came from, as Extend's address does, must not fill the composer once more.
    page = open_page(request)
    if _TAKE_PAGE.fullmatch(page.path):  # a take is open over the board, at its own address
        return answer
    shown = QueryDict(page.query)
    sought = Finding(project.team, request.user, shown).query
    return replace_url(answer, reverse("board", args=[project.slug]) + sought)


def _versions_in_line(made: Sequence[Generation]) -> str:
    """Say what becomes of versions of a take that were just asked for: they are no cards."""
    take = cast("Generation", made[0].version_of).name
    if len(made) == 1:
        return f"{upper_first(made[0].name)} is in line. It will be on the page of {take}."
    return f"{len(made)} versions of {take} are in line. They will be on its page."


def money_moved(response: HttpResponse) -> HttpResponse:
    """Have the page ask for the month's money again."""
    return trigger_client_event(response, "money")


def _takes(request: Request, project: Project) -> dict[str, Any]:
    """Return a page of takes: what the address looks for, behind the cursor `after`.

    `until` ends it where the next page begins, for a page that the browser had and took out.
    """
    finding = Finding(project.team, request.user, request.GET)
    takes = finding.narrow(Generation.objects.takes().kept().filter(project=project))
    shown = marked_cards(request.user)
    began, until = (request.GET.get(name, "") for name in ("after", "until"))
    is_behind = "after" in request.GET
    page, after = finding.page(takes, began, PAGE if is_behind else FIRST_PAGE, until, shown=shown)
    return {
        "project": project,
        "finding": finding,
        "finder_url": reverse("board", args=[project.slug]),
        "saved_views": SimpleLazyObject(lambda: finding.views_of(project)),
        "cards": [Card(take) for take in page],
        "starters": Starters(project),
        "selection": Selection(project, request.user, ()),
        "began": began,
        "most_cards": MOST_CARDS,
        "after": after,
        "is_behind": is_behind,
    }


def number(query: QueryDict, name: str) -> int:
    """Return a whole number of a query, 0 for what is none."""
    value = query.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0
