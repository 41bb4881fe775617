"""Which person a command means."""

from django.core.management.base import CommandError

from studio.models import User


def person_at(address: str) -> User:
    """Return the person of an address. Raises CommandError."""
    person = User.objects.at(address)
    if person is None:
        raise CommandError(f"Nobody here has the address {address}.")
    return person
