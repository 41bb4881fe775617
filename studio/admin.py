"""What an administrator may look at."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.http import HttpRequest

from studio.administering import money, people, takes
from studio.models import AuditEntry

__all__ = ["AuditEntryAdmin", "money", "people", "takes"]

# They show secrets; the single sign-on is the settings', and no token of it is kept.
admin.site.unregister([SocialApp, SocialToken])
# Whose account of the single sign-on is whose is to be read: edited, it would let somebody in.
admin.site.unregister(SocialAccount)
# Second factors are sealed secrets. A session that is deleted goes on, and is found no more to be
# ended; an address is confirmed by whoever has it. The page of a person tells of theirs.
admin.site.unregister([Authenticator, EmailAddress, UserSession])


class _ToBeRead(admin.ModelAdmin):
    """What nobody adds, changes or deletes by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody writes into it by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes from it."""
        return False


@admin.register(SocialAccount)
class SocialAccountAdmin(_ToBeRead):
    """Who enters by the single sign-on, and by which id of the server's."""

    list_display = ("user", "uid", "date_joined", "last_login")
    search_fields = ("user__email", "uid")
    list_select_related = ("user",)
    fields = ("user", "provider", "uid", "date_joined", "last_login")


@admin.register(AuditEntry)
class AuditEntryAdmin(_ToBeRead):
    """The audit log of all teams, and of sign-ins with addresses that nobody has; to be read.

    Changing and deleting is refused by the database, too.
    """

    list_display = ("created_at", "who", "kind", "words", "address", "agent")
    list_filter = ("kind",)
    search_fields = ("who", "words", "agent")
    show_full_result_count = False
    # No constraint ties them to what they name, which may be gone.
    exclude = ("team", "project", "actor")
