"""`manage.py rotate_keys`: seal every secret at rest with the newest encryption key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studio import resealing


class Command(BaseCommand):
    help = (
        "Seals every provider key, webhook secret and second factor with the first of "
        "ENCRYPTION_KEYS. Put a new key in front, run this, and take the old one out."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        resealed = resealing.reseal_all()
        counts = ", ".join(f"{kind}: {count}" for kind, count in resealed.counts.items())
        self.stdout.write(f"Sealed anew: {counts}.")
        if resealed.lost:
            raise CommandError(
                f"These can't be opened with any of ENCRYPTION_KEYS: {', '.join(resealed.lost)}. "
                "Put the key that they were sealed with back; or enter those provider keys again, "
                "renew those secrets, and have those people set up their second factor anew."
            )
