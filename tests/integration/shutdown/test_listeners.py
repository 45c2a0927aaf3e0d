import socket
import sys
from pathlib import Path

import pytest

from entrypoints.http import arrivals, listeners
from entrypoints.http.arrivals import Arrivals

on_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="what it asks of the system, Linux alone does"
)


@on_linux
def test_a_shut_door_keeps_out_newcomers_and_nobody_who_is_in_the_hall(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname()) as early,
    ):
        monkeypatch.setattr(listeners, "listeners", lambda: iter([listener.dup()]))

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
        found = [_closed(each) for each in listeners.listeners()]
        own = [listener.getsockname(), client.getsockname()]

    assert [address for address in found if address in own] == own[:1]


@on_linux
def test_whoever_was_not_heard_is_counted_until_he_is(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname()) as client,
    ):
        monkeypatch.setattr(arrivals, "listeners", lambda: iter([listener.dup()]))
        seen = [arrivals.arrivals()]
        accepted, _ = listener.accept()
        with accepted:
            seen.append(arrivals.arrivals())
            client.sendall(b"hello")
            seen.append(arrivals.arrivals())
            accepted.recv(5)
            seen.append(arrivals.arrivals())

    assert seen == [Arrivals(unread=1), Arrivals(silent=1), Arrivals(unread=1), Arrivals()]


@on_linux
def test_a_look_at_what_is_open_opens_nothing(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w"), socket.create_server(("127.0.0.1", 0)):
        before = _open_files()
        arrivals.arrivals()

        assert _open_files() == before


def _open_files() -> list[str]:
    return sorted(file.name for file in Path("/proc/self/fd").iterdir())


def _closed(found: socket.socket) -> object:
    with found:
        return found.getsockname()
