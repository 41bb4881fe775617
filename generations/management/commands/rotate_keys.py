"""`manage.py rotate_keys`: seal every provider key with the newest encryption key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generations import enrolling


class Command(BaseCommand):
    help = (
        "Seals every provider key with the first of ENCRYPTION_KEYS. Put a new key in front, run "
        "this, and take the old one out."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        sealed, lost = enrolling.rotate_keys()
        self.stdout.write(f"Sealed {sealed} provider key{'' if sealed == 1 else 's'} anew.")
        if lost:
            names = ", ".join(str(account) for account in lost)
            raise CommandError(
                f"These can't be opened with any of ENCRYPTION_KEYS: {names}. Put the key that "
                "they were sealed with back, or enter their provider keys again."
            )
