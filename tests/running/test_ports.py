"""Ports: what can't be listened on is said in words that name the variable."""

import socket
import threading

import pytest

from studio.running import ports


def test_a_free_port_passes() -> None:
    ports.claim("PORT", "127.0.0.1", ports.free())


def test_a_taken_port_names_the_variable_and_a_free_one() -> None:
    said = r"Set PORT to a free one, such as PORT=\d+\."
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(ports.PortTaken, match=said),
    ):
        ports.claim("PORT", "127.0.0.1", taken.getsockname()[1])


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_number_that_is_no_port_is_refused(port: int) -> None:
    with pytest.raises(ports.PortTaken, match="from 1 to 65535"):
        ports.claim("SIMULATOR_PORT", "127.0.0.1", port)


def test_an_address_that_is_not_here_names_host() -> None:
    with pytest.raises(ports.PortTaken, match=r"HOST=no\.such\.host\.invalid"):
        ports.claim("PORT", "no.such.host.invalid", 8000)


def test_a_port_that_becomes_free_in_time_passes() -> None:
    taken = socket.create_server(("127.0.0.1", 0))
    port = taken.getsockname()[1]
    closing = threading.Timer(0.3, taken.close)
    closing.start()
    ports.claim("PORT", "127.0.0.1", port, patience_s=10)
    closing.join()
