"""Ports: free or taken, said before anything starts."""

import socket
import time


class PortTaken(Exception):
    """An address can't be listened on; the message says why and which variable to set."""


def claim(variable: str, host: str, port: int, patience_s: float = 0) -> None:
    """Check that `host`:`port` can be listened on, now or within `patience_s` seconds.

    `variable` is the environment variable that sets the port. Raises PortTaken.
    """
    deadline = time.monotonic() + patience_s
    while True:
        try:
            _claim(variable, host, port)
        except PortTaken:
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.05)  # nobody tells when a port becomes free
        else:
            return


def _claim(variable: str, host: str, port: int) -> None:
    if not 0 < port < 65536:
        raise PortTaken(f"{variable}={port} is no port. Choose one from 1 to 65535.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            # As the servers do it: a port whose last connections linger is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror as error:
        raise PortTaken(f"HOST={host} is no address of this machine ({error.strerror}).") from error
    except PermissionError as error:
        raise PortTaken(
            f"Port {port} needs privileges. Set {variable} to one over 1023."
        ) from error
    except OSError as error:
        raise PortTaken(
            f"Port {port} at {host} can't be used ({error.strerror}). "
            f"Set {variable} to a free one, such as {variable}={free(host)}."
        ) from error


def free(host: str = "127.0.0.1") -> int:
    """Return a port that nobody listens on at the moment."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        try:
            probe.bind((host, 0))
        except OSError:
            return free("127.0.0.1")
        return int(probe.getsockname()[1])
