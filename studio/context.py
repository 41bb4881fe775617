"""What every page shows around itself."""

from typing import Any

from django.http import HttpRequest


def rail(request: HttpRequest) -> dict[str, Any]:
    """Give the rail's projects, lazily: a partial doesn't pay for them."""
    return {}
