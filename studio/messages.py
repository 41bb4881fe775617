"""Where a message waits for the next page: in a cookie, and what is too long for it in the session.

Django's own, but that the cookie is called like the others (`COOKIE_PREFIX`).
"""

from typing import Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class _Cookie(CookieStorage):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cookie_name = f"{settings.COOKIE_PREFIX}messages"


class Kept(FallbackStorage):
    """A browser's messages."""

    storage_classes = (_Cookie, SessionStorage)
