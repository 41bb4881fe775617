"""Static files as they are collected for production."""

from django.contrib.staticfiles.apps import StaticFilesConfig
from whitenoise.storage import CompressedManifestStaticFilesStorage


class CollectedFiles(CompressedManifestStaticFilesStorage):
    """Compressed and named by what is in them, also where one module imports another.

    Under two names a module would be loaded, and listen, twice.
    """

    support_js_module_import_aggregation = True


class OwnStaticFiles(StaticFilesConfig):
    """Collects what pages use: htmx is our own copy, and that package's refers to what it lacks."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "django_htmx"]
