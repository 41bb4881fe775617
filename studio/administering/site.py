"""The administrators' site: whatever is done by its forms is in the audit log."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect


class Audited(admin.ModelAdmin):
    """Writes what is added, changed and deleted into the audit log, beside Django's own."""

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Tell of what was added."""
        _tell("Added", obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Tell of what was changed, and of which fields; not what they say."""
        _tell("Changed", obj, _fields(message))
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Tell of what is about to be deleted."""
        for each in queryset:
            _tell("Deleted", each)
        return super().log_deletions(request, queryset)


class Site(admin.AdminSite):
    """Django's site, all of whose models are audited."""

    site_header = "Dailies, administration"
    site_title = "Dailies"
    index_title = "Administration"
    site_url = "/"

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to where everybody changes theirs: that is limited, and in the audit log."""
        return redirect("account_change_password")

    def register(
        self, model_or_iterable: Any, admin_class: type[Any] | None = None, **options: Any
    ) -> None:
        """Register models, as Django does, with what is done to them audited."""
        plain = admin_class or admin.ModelAdmin
        audited = type(plain.__name__, (Audited, plain), {"__doc__": plain.__doc__})
        super().register(model_or_iterable, audited, **options)


class SiteConfig(AdminConfig):
    """Django's admin, with this site in the place of its own."""

    default_site = "studio.administering.site.Site"


def _fields(message: Any) -> str:
    """Return the labels of the changed fields, off what Django says for its own log."""
    told = [each.get("changed", {}) for each in message] if isinstance(message, list) else []
    names = [str(label).lower() for each in told for label in each.get("fields", [])]
    return f": {', '.join(names)}" if names else ""


def _tell(did: str, thing: Model, fields: str = "") -> None:
    from studio import auditing  # once all applications are there
    from studio.models import AuditEntry, User

    kinds = AuditEntry.Kind
    kind = {"user": kinds.PEOPLE, "team": kinds.PEOPLE, "emailaddress": kinds.PEOPLE} | {
        "membership": kinds.PEOPLE,
        "budget": kinds.BUDGET,
        "account": kinds.KEYS,
        "accountbucket": kinds.KEYS,
        "priceoverride": kinds.KEYS,
    }
    name = str(thing._meta.model_name)
    what = f"{did} the {thing._meta.verbose_name} “{thing}” as an administrator{fields}"
    if isinstance(thing, User):
        auditing.note_of_person(kind[name], thing, what)
        return
    auditing.note(kind.get(name, kinds.SETTINGS), _team_of(thing), what)


def _team_of(thing: Model) -> Any:
    """Return the team whose log it belongs in, where it is one's."""
    from studio.models import Team

    if isinstance(thing, Team):
        return thing
    owner = getattr(thing, "account", thing)
    return getattr(owner, "team", None)
