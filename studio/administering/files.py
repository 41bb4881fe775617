"""What is missing of takes' files, as administrators look for it."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from generations.models import Asset


class Files(admin.SimpleListFilter):
    """Those of which a file is missing here, for whatever reason."""

    title = "files"
    parameter_name = "files"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        """Return what may be looked for."""
        return (
            ("unmade", "Preview couldn't be made"),
            ("unfetched", "File couldn't be fetched yet"),
        )

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the takes of which such a file is missing."""
        missing = Asset.objects.filter(generation=OuterRef("pk")).exclude(error="")
        missing = missing.exclude(state=Asset.State.STORED)
        if self.value() == "unmade":
            return queryset.filter(Exists(missing.filter(kind__in=Asset.SMALL)))
        if self.value() == "unfetched":
            return queryset.filter(Exists(missing.exclude(kind__in=Asset.SMALL)))
        return queryset
