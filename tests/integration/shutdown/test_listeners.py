import socket
import sys

import pytest

from entrypoints.http import listeners


@pytest.mark.skipif(sys.platform != "linux", reason="what it asks of the system, Linux alone does")
def test_a_shut_door_keeps_out_newcomers_and_nobody_who_is_in_the_hall(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname()) as early,
    ):
        monkeypatch.setattr(listeners, "_listeners", lambda: iter([listener.dup()]))

        listeners.shut_door()

        early.sendall(b"hello")
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.recv(5) == b"hello"
        with pytest.raises(TimeoutError):
            socket.create_connection(listener.getsockname(), timeout=0.2)


def test_listeners_are_found_among_all_open_files() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname()) as client,
    ):
        found = [_closed(each) for each in listeners._listeners()]
        own = [listener.getsockname(), client.getsockname()]

    assert [address for address in found if address in own] == own[:1]


def _closed(found: socket.socket) -> object:
    with found:
        return found.getsockname()
