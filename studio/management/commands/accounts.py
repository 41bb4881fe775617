"""`manage.py accounts`: every team's account follows the settings, where `up` isn't used."""

from typing import Any

from django.core.management.base import BaseCommand

from studio import provider_accounts


class Command(BaseCommand):
    help = "Gives every team the accounts that the keys in the settings ask for; safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        provider_accounts.sync_all()
