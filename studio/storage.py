"""Static files as they are collected for production."""

from collections.abc import Iterable
from typing import Any

from django.contrib.staticfiles.finders import AppDirectoriesFinder
from whitenoise.storage import CompressedManifestStaticFilesStorage


class CollectedFiles(CompressedManifestStaticFilesStorage):
    """Compressed and named by what is in them, also where one module imports another.

    Under two names a module would be loaded, and listen, twice.
    """

    support_js_module_import_aggregation = True


class AppFiles(AppDirectoriesFinder):
    """Finds what applications bring, but for htmx: ours is vendored, and theirs refers to more."""

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[Any]:
        """List the files: their paths and storages."""
        return super().list([*(ignore_patterns or ()), "django_htmx"])
