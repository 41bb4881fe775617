"""People and teams for administrators."""

from collections.abc import Callable, Iterable
from typing import Any, cast

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from generations.refusal import Refused
from studio import deleting, shutting_out
from studio.models import FormerMembership, Membership, Team, User

_ONLY_SUPERUSERS = "{user} is a superuser: have another superuser do that."


class _Listed(admin.TabularInline):
    """Who is in which team; a team's owner decides about that, on the team's page."""

    extra = 0
    fields = readonly_fields = ("user", "team", "role", "created_at")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody is put in a team by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nor is a role changed."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees the person or the team sees them."""
        return True


class _Places(_Listed):
    """Who is in a team."""

    model = Membership


class _FormerPlaces(_Listed):
    """Who was in a team that is deleted."""

    model = FormerMembership


class _PersonForm(forms.ModelForm):
    """Who a person is, and what they may do."""

    def clean(self) -> dict[str, Any]:
        """Keep the last superuser one."""
        cleaned: dict[str, Any] = super().clean() or {}
        # One that can only be read isn't among them.
        if not all(cleaned.get(name, True) for name in ("is_staff", "is_superuser")):
            try:
                shutting_out.keep_one(self.instance)
            except Refused as refused:
                raise forms.ValidationError(str(refused)) from refused
        return cleaned


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """People: who they are, in which teams, and whether they may sign in.

    Their passwords and second factors are their own. Nobody is deleted here: what they made and
    paid for keeps their name.
    """

    form = _PersonForm
    list_display = ("email", "name", "of", "is_active", "is_staff", "is_superuser", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "memberships__team")
    search_fields = ("email", "name")
    ordering = ("email",)
    fields = (
        *("email", "confirmed", "name", "is_active", "is_staff", "is_superuser"),
        *("last_login", "date_joined", "signed_in"),
    )
    readonly_fields = ("email", "confirmed", "is_active", "last_login", "date_joined", "signed_in")
    inlines = (_Places,)
    actions = ("disable", "enable")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Return all of them, with the teams that each is in."""
        found: QuerySet[User] = super().get_queryset(request)
        counted = found.annotate(team_count=Count("memberships", distinct=True))
        return counted.prefetch_related("memberships__team")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Return what can't be typed: only who may do anything makes administrators."""
        if request.user.is_superuser:
            return self.readonly_fields
        return (*self.readonly_fields, "is_staff", "is_superuser")

    @admin.display(description="Address confirmed", boolean=True)
    def confirmed(self, user: User) -> bool:
        """Tell whether they showed that the address is theirs."""
        return EmailAddress.objects.filter(
            user=user, email__iexact=user.email, verified=True
        ).exists()

    @admin.display(description="Signed in at")
    def signed_in(self, user: User) -> str:
        """Return how many sessions they have; disabling ends them all."""
        count = len(UserSession.objects.purge_and_list(user))
        return f"{count} browser{'' if count == 1 else 's'}"

    @admin.display(description="Teams", ordering="team_count")
    def of(self, user: User) -> str:
        """Return in which teams the person is, and as what."""
        places = sorted(user.memberships.all(), key=lambda place: place.team.name.lower())
        return ", ".join(f"{it.team} ({it.get_role_display().lower()})" for it in places) or "None"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People come by invitation."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody is deleted here."""
        return False

    @admin.action(
        description="Disable: end their sessions and keep them out", permissions=["change"]
    )
    def disable(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Shut people out at once; not oneself."""
        others = [person for person in queryset if person != request.user]
        if len(others) < len(queryset):
            words = "You would shut yourself out: have another administrator do that."
            self.message_user(request, words, messages.WARNING)
        self._each(request, others, shutting_out.disable, "shut out")

    @admin.action(description="Let sign in again", permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Let people in again."""
        self._each(request, queryset, shutting_out.enable, "let in again")

    def _each(
        self,
        request: HttpRequest,
        people: Iterable[User],
        verb: Callable[[User], bool],
        done: str,
    ) -> None:
        count = 0
        for person in people:
            try:
                if person.is_superuser and not request.user.is_superuser:
                    raise Refused({"": _ONLY_SUPERUSERS.format(user=person)})
                count += verb(person)
            except Refused as refused:
                self.message_user(request, str(refused), messages.WARNING)
        self.message_user(request, f"{count} of the chosen people {done}.", messages.SUCCESS)


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):
    """Teams, and who is in them."""

    list_display = ("name", "people", "projects", "created_at", "deleted_at", "emptied_at")
    list_filter = (("deleted_at", admin.EmptyFieldListFilter),)
    search_fields = ("name", "memberships__user__email")
    ordering = ("name",)
    fields = ("name", "uuid", "created_at", "deleted_at", "deleted_by", "emptied_at")
    readonly_fields = ("uuid", "created_at", "deleted_at", "deleted_by", "emptied_at")
    inlines = (_Places, _FormerPlaces)
    actions = ("restore",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        """Return all of them, with how many people and projects each has."""
        found: QuerySet[Team] = super().get_queryset(request)
        return found.annotate(
            people_count=Count("memberships", distinct=True),
            project_count=Count("projects", distinct=True),
        )

    @admin.display(description="People", ordering="people_count")
    def people(self, team: Team) -> int:
        """Return how many are in it."""
        return int(team.people_count)  # type: ignore[attr-defined]

    @admin.display(description="Projects", ordering="project_count")
    def projects(self, team: Team) -> int:
        """Return how many projects it has."""
        return int(team.project_count)  # type: ignore[attr-defined]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who wants a team begins it, and owns it."""
        return False

    @admin.action(description="Restore what is deleted", permissions=["change"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Team]) -> None:
        """Take deleted teams back, with who was in them, where nobody of them can or does."""
        by = cast("User", request.user)
        told, count = [], 0
        for team in queryset.filter(deleted_at__isnull=False):
            count += deleting.restore(team, by)
            told.append(deleting.what_became_of(team))
        words = " ".join([f"{count} of the chosen teams restored.", *filter(None, told)])
        self.message_user(request, words, messages.SUCCESS if count else messages.WARNING)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Its owner deletes it, on the team's page."""
        return False
