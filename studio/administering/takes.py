"""Takes for administrators: found, looked into on one page, judged, retried and hidden."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from generations import discarding
from generations.catalogue import dollars
from generations.models import Asset, Attempt, Generation, LedgerEntry
from generations.refusal import upper_first
from studio import auditing, reviewing
from studio.administering.files import Files
from studio.administering.spending import Spending
from studio.finals.making import show_anew
from studio.marks import marked_cards, with_veil
from studio.models import AuditEntry, Final, Note, Review, Score, Verdict
from studio.takes import Take
from studio.views.media import send

_HIDDEN = "{take} is hidden already."
_SHOWN = "{take} isn't hidden any more, or its files are gone for good."


@admin.register(Generation)
class GenerationAdmin(Spending):
    """Every team's takes and versions, and what an administrator does about them.

    Nothing is changed by a form: each verb is the studio's own, with its rules and its log.
    """

    list_display = (
        "poster",
        "take",
        "team",
        "state_words",
        "verdict",
        "maker",
        "by",
        "price",
        "at",
    )
    list_display_links = ("take",)
    list_filter = (
        *("state", "review__verdict", "prompt__kind", "prompt__model", "project__team", "account"),
        *(("trashed_at", admin.EmptyFieldListFilter), Files, "created_at"),
    )
    list_select_related = ("project__team", "prompt", "author", "review", "account", "version_of")
    list_per_page = 50
    search_fields = ("prompt__words", "project__name", "author__email", "author__name")
    search_help_text = "Words of the prompt, a project, a person, or a take's id"
    ordering = ("-pk",)
    show_full_result_count = False
    actions = (
        *("approve", "reject", "retry", "hide", "show_again"),
        *("approve_spending", "decline_spending"),
    )

    class Media:
        css = {"all": ("css/admin.css",)}

    # --- the list ---------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Generation]:
        """Return all of them, with what tells whether there is a poster."""
        found: QuerySet[Generation] = super().get_queryset(request)
        return with_veil(found.prefetch_related("assets"), request.user)  # type: ignore[arg-type]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find a take by its id, too."""
        try:
            return queryset.filter(uuid=UUID(search_term.strip())), False
        except ValueError:
            return super().get_search_results(request, queryset, search_term)

    @admin.display(description="Picture")
    def poster(self, take: Generation) -> SafeString | str:
        """Show its poster, where there is one."""
        if take.blind_in:  # type: ignore[attr-defined]
            return "To be judged blind"
        here = (it for it in take.assets.all() if it.state == Asset.State.STORED)
        if not any(it.kind == Asset.Kind.POSTER for it in here):
            return ""
        address = reverse("admin:take_media", args=[take.pk, "poster"])
        return format_html('<img class="poster" src="{}" alt="" loading="lazy">', address)

    @admin.display(description="Take", ordering="pk")
    def take(self, take: Generation) -> str:
        """Return what it is called, and of which project."""
        return f"{upper_first(take.name)} of {take.project}"

    @admin.display(description="Team", ordering="project__team__name")
    def team(self, take: Generation) -> str:
        """Return whose it is."""
        return str(take.project.team)

    @admin.display(description="State", ordering="state")
    def state_words(self, take: Generation) -> str:
        """Return its state in words, and whether it is hidden."""
        state = take.get_state_display()
        return f"{state}, in the trash" if take.trashed_at else str(state)

    @admin.display(description="Verdict", ordering="review__verdict")
    def verdict(self, take: Generation) -> SafeString:
        """Return where it stands with those who judge it."""
        review: Review | None = getattr(take, "review", None)
        stands = review.verdict if review else ""
        words = Verdict(stands).label if stands else "–"
        # Goes with the verbs: who was overtaken is told (`_judge`).
        seen = '{}<input type="hidden" name="seen_{}" value="{}">'
        return format_html(seen, words, take.pk, stands)

    @admin.display(description="Model", ordering="prompt__model")
    def maker(self, take: Generation) -> str:
        """Return which model makes it, and what."""
        return f"{take.prompt.model}, {take.prompt.get_kind_display().lower()}"

    @admin.display(description="By", ordering="author__email")
    def by(self, take: Generation) -> str:
        """Return who asked for it."""
        return str(take.author or "someone who left")

    @admin.display(description="Price", ordering="price_usd")
    def price(self, take: Generation) -> str:
        """Return its price."""
        return dollars(take.price_usd)

    @admin.display(description="Asked for", ordering="created_at")
    def at(self, take: Generation) -> Any:
        """Return when it was asked for."""
        return take.created_at

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list under the name that people know."""
        return super().changelist_view(request, {"title": "Takes", **(extra_context or {})})

    # --- one take ---------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        """Add the addresses of a take's files."""
        files = self.admin_site.admin_view(self.media_file)
        mine = path("<int:pk>/media/<slug:kind>", files, name="take_media")
        return [mine, *super().get_urls()]

    def media_file(self, request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
        """Send a stored file of any team's take. Raises Http404."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        stored = Asset.objects.filter(generation=pk, kind=kind, state=Asset.State.STORED)
        asset = stored.first()
        if asset is None:
            raise Http404("no such file")
        return send(request, asset.file, asset.content_type, f"take-{pk}")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show all that is known of a take; it is changed by verbs alone."""
        found = self.get_object(request, object_id)
        if not self.has_view_permission(request, found) or request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        if found is None:
            raise Http404("no such take")
        shown = marked_cards(request.user)  # type: ignore[arg-type]
        it = shown.select_related("project__team", "account").get(pk=found.pk)
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": f"{upper_first(it.name)} of {it.project}",
            "take": Take(it),
            "review": Review.objects.filter(generation=it).select_related("judged_by").first(),
            "attempts": Attempt.objects.filter(generation=it).select_related("account"),
            "ledger": LedgerEntry.objects.filter(generation=it).order_by("pk"),
            "files": it.assets.order_by("kind", "number"),
            "notes": Note.objects.filter(generation=it).for_list(),
            "scores": Score._default_manager.filter(generation=it).select_related(
                "criterion", "author"
            ),
            "may_act": self.has_change_permission(request, it),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/take.html", context)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody makes one by hand: it is paid for."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes one: what it cost stays in the books."""
        return False

    # --- what is done about takes -----------------------------------------------------------

    @admin.action(description="Approve", permissions=["change"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Generation]) -> None:
        """Say that they are approved, in their teams' rules."""
        self._judge(request, queryset, Verdict.APPROVED)

    @admin.action(description="Reject", permissions=["change"])
    def reject(self, request: HttpRequest, queryset: QuerySet[Generation]) -> None:
        """Say that they are rejected."""
        self._judge(request, queryset, Verdict.REJECTED)

    @admin.action(description="Hide: put in the trash", permissions=["change"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Generation]) -> None:
        """Put them in their projects' trash."""
        asked = list(queryset)
        outcome = discarding.discard(asked, request.user)
        show_anew(Final.objects.filter(take__in=outcome.takes))
        words = "Hid {takes} of {project} as an administrator"
        auditing.note_takes(AuditEntry.Kind.DELETION, outcome.takes, words)
        done = {it.pk for it in outcome.takes}
        others = Generation.objects.filter(pk__in={it.pk for it in asked} - done)
        there = [
            _HIDDEN.format(take=upper_first(it.name))
            for it in others.exclude(trashed_at=None).select_related("version_of")
        ]
        self._tell(request, len(outcome.takes), "hidden", [*outcome.refused, *there])

    @admin.action(description="Show again: take out of the trash", permissions=["change"])
    def show_again(self, request: HttpRequest, queryset: QuerySet[Generation]) -> None:
        """Take them out of the trash."""
        asked = list(queryset)
        shown = discarding.restore(asked, request.user)
        show_anew(Final.objects.filter(take__in=shown))
        words = "Took {takes} of {project} out of the trash as an administrator"
        auditing.note_takes(AuditEntry.Kind.DELETION, shown, words)
        left = [_SHOWN.format(take=upper_first(it.name)) for it in asked if it not in shown]
        self._tell(request, len(shown), "shown again", left)

    def _judge(
        self, request: HttpRequest, queryset: QuerySet[Generation], verdict: Verdict
    ) -> None:
        def say(take: Generation) -> None:
            seen = request.POST.get(f"seen_{take.pk}")
            if seen is None:  # it stood on another page of the list
                seen = (
                    Review.objects.filter(generation=take).values_list("verdict", flat=True).first()
                )
            reviewing.judge(take, verdict, request.user, seen=seen or "")  # type: ignore[arg-type]

        self._each(request, queryset.order_by("pk"), say, verdict.label.lower())
