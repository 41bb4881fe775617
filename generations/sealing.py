"""Secrets at rest, such as provider keys: encrypted with the installation's keys."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class CannotUnseal(Exception):
    """A secret was sealed with a key that is no longer configured."""


def seal(secret: str) -> str:
    """Encrypt a secret with the first of ENCRYPTION_KEYS."""
    return _fernet().encrypt(secret.encode()).decode()


def unseal(token: str) -> str:
    """Decrypt a secret with whichever of ENCRYPTION_KEYS fits. Raises CannotUnseal."""
    try:
        return _fernet().decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise CannotUnseal(
            "A provider key can't be decrypted: put the encryption key that it was saved with "
            "back into ENCRYPTION_KEYS, or enter the provider key again."
        ) from error


def reseal(token: str) -> str:
    """Encrypt a sealed secret anew with the first of ENCRYPTION_KEYS. Raises CannotUnseal."""
    return seal(unseal(token))


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.ENCRYPTION_KEYS])
