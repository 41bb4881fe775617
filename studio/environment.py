"""What the settings read from outside: the environment, and secrets kept in `DATA_DIR`."""

import hashlib
import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured


class Env(environ.Env):
    """The environment, typed; what can't be read is said in words."""

    def get_value(self, var: str, *args: Any, **kwargs: Any) -> Any:
        """Return a variable's value. Raises ImproperlyConfigured naming it."""
        try:
            return super().get_value(var, *args, **kwargs)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{var} is {os.environ.get(var)!r}, which isn't a value that it can have. "
                "Correct it in the environment or in .env."
            ) from error


# sun_path in <sys/un.h> holds 104 bytes on macOS and 108 on Linux, with its final NUL.
_LONGEST_SOCKET_PATH = 100


def _key() -> str:
    return Fernet.generate_key().decode()


def kept_secret(path: Path, make: Callable[[], str] = _key) -> str:
    """Return the secret in a file that only its owner may read, making it on first use."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"DATA_DIR is {path.parent}, which can't be made: {error.strerror}. Choose another."
        ) from error
    fresh = make()
    pending = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    pending.touch(mode=0o600)
    pending.write_text(fresh)
    try:
        os.link(pending, path)  # atomic, and the first process to arrive wins
    except FileExistsError:
        pass
    finally:
        pending.unlink()
    return path.read_text().strip()


def socket_path(data_dir: Path) -> Path:
    """Return where the embedded broker listens: in `data_dir` unless that path is too long."""
    path = data_dir / "valkey.sock"
    if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
        return path
    short = hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"dailies-{os.getuid()}-{short}" / "valkey.sock"


def check_oidc(server_url: str, client_id: str) -> None:
    """Raise ImproperlyConfigured for a single sign-on that can't be used, or not safely.

    What the server says of a person is worth what its TLS is (OpenID Connect Core 1.0, §16.17);
    on this machine itself none is needed.
    """
    if not server_url:
        return
    parts = urlsplit(server_url)
    here = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    if not parts.hostname or not (parts.scheme == "https" or here):
        raise ImproperlyConfigured(
            f"OIDC_SERVER_URL is {server_url!r}; it has to begin with https://, as in "
            "https://id.example.com/realms/studio."
        )
    if not client_id:
        raise ImproperlyConfigured(
            "OIDC_SERVER_URL is set, and OIDC_CLIENT_ID isn't: the server gives both an id and a "
            "secret to who registers there."
        )
