import socket
import subprocess
import sys
from pathlib import Path

import pytest

from entrypoints.http.server import sockets
from entrypoints.http.server.sockets import PendingConnections

on_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="what it asks of the system, Linux alone does"
)


HELLO = b"hello"
# What is dropped is sent again after 0.2 s, then after 0.4 s more.
RETRANSMITTED = 5.0
WITHOUT_CAPABILITIES = """
import ctypes, socket, struct
from entrypoints.http.server import sockets
libc = ctypes.CDLL(None, use_errno=True)
# capset(2): none is effective, permitted or inherited from here on.
header, none = struct.pack("Ii", 0x20080522, 0), bytes(24)
assert libc.capset(header, none) == 0, ctypes.get_errno()
with socket.create_server(("127.0.0.1", 0)) as listener:
    sockets.listening_sockets = lambda: iter([listener.dup()])
    assert sockets.stop_accepting()
    try:
        socket.create_connection(listener.getsockname(), timeout=0.2)
    except TimeoutError:
        print("shut")
"""


@on_linux
@pytest.mark.parametrize(
    ("host", "callers"),
    [("127.0.0.1", ["127.0.0.1"]), ("::1", ["::1"]), ("::", ["::1", "127.0.0.1"])],
)
def test_a_closed_listener_refuses_new_connections_and_keeps_established_ones(
    monkeypatch: pytest.MonkeyPatch, host: str, callers: list[str]
) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    dual = {"dualstack_ipv6": True} if host == "::" else {}
    with socket.create_server((host, 0), family=family, **dual) as listener:
        port = listener.getsockname()[1]
        early = [socket.create_connection((caller, port)) for caller in callers]
        monkeypatch.setattr(sockets, "listening_sockets", lambda: iter([listener.dup()]))

        assert sockets.stop_accepting()

        for each in early:
            each.sendall(HELLO)
            accepted, _ = listener.accept()
            with accepted, each:
                assert accepted.recv(5) == HELLO
        for caller in callers:
            with pytest.raises(TimeoutError):
                socket.create_connection((caller, port), timeout=0.2)


@on_linux
def test_the_door_is_shut_in_a_process_without_capabilities() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_CAPABILITIES], capture_output=True, check=False, text=True
    )

    assert (done.stdout, done.stderr) == ("shut\n", "")


@on_linux
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_whoever_is_accepted_after_the_door_was_shut_is_heard_all_the_same(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with (
        socket.create_server((host, 0), family=family) as listener,
        socket.socket(family) as caller,
    ):
        monkeypatch.setattr(sockets, "listening_sockets", lambda: iter([listener.dup()]))
        monkeypatch.setattr(sockets, "listening_sockets", lambda: iter([listener.dup()]))
        assert sockets.stop_accepting()
        # A handshake that was half done; here its packets are let through, and no others.
        _send_with_hop_limit(caller, 255)
        caller.connect(listener.getsockname())
        accepted, _ = listener.accept()
        with accepted:
            _send_with_hop_limit(caller, 64)
            caller.sendall(HELLO)
            accepted.settimeout(0.1)
            with pytest.raises(TimeoutError):
                accepted.recv(5)

            assert sockets.pending_connections().silent == 1

            accepted.settimeout(RETRANSMITTED)
            assert accepted.recv(5) == HELLO


def _send_with_hop_limit(caller: socket.socket, limit: int) -> None:
    if caller.family == socket.AF_INET6:
        caller.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, limit)
    else:
        caller.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, limit)


def test_listeners_are_found_among_all_open_files() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname()) as client,
    ):
        found = [_closed(each) for each in sockets.listening_sockets()]
        own = [listener.getsockname(), client.getsockname()]

    assert [address for address in found if address in own] == own[:1]


@on_linux
def test_connections_are_pending_until_they_were_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname()) as client,
    ):
        monkeypatch.setattr(sockets, "listening_sockets", lambda: iter([listener.dup()]))
        seen = [sockets.pending_connections()]
        accepted, _ = listener.accept()
        with accepted:
            seen.append(sockets.pending_connections())
            client.sendall(b"hello")
            seen.append(sockets.pending_connections())
            accepted.recv(5)
            seen.append(sockets.pending_connections())

    assert seen == [
        PendingConnections(unread=1),
        PendingConnections(silent=1),
        PendingConnections(unread=1),
        PendingConnections(),
    ]


@on_linux
def test_a_look_at_what_is_open_opens_nothing(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w"), socket.create_server(("127.0.0.1", 0)):
        before = _open_files()
        sockets.pending_connections()

        assert _open_files() == before


def _open_files() -> list[str]:
    return sorted(file.name for file in Path("/proc/self/fd").iterdir())


def _closed(found: socket.socket) -> object:
    with found:
        return found.getsockname()
