"""Callers who take their time, to keep others from being served."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from selectors import EVENT_READ, DefaultSelector
from typing import NamedTuple

import httpx
import psutil

from tests.integration.bad_input.answers import refused
from tests.integration.bad_input.wire import connected, parse
from tests.integration.processes import Server
from tests.integration.transport.conftest import PATIENCE

LOGIN = b"POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
TEXT = LOGIN.replace(b"json", b"xml")
DRIP = 0.1
"""Seconds between two bytes; a byte a second would be slower, and the test with it."""
LATEST = 10 * PATIENCE
"""Far beyond what is promised, for machines that are busy."""


class Slow(NamedTuple):
    first: bytes
    then: bytes
    status: int | None


CALLERS = {
    "says nothing": Slow(b"", b"", None),
    "a head": Slow(b"GET /health HTTP/1.1\r\nHost: a\r\nX: ", b"a", None),
    "header after header": Slow(b"GET /health HTTP/1.1\r\nHost: a\r\n", b"X: a\r\n", None),
    "a line": Slow(b"GET /", b"a", None),
    "empty lines": Slow(b"", b"\r\n", None),
    "a body": Slow(LOGIN + b"Content-Length: 1000\r\n\r\n{", b" ", 408),
    "chunks": Slow(LOGIN + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n", 408),
    "the size of a chunk": Slow(LOGIN + b"Transfer-Encoding: chunked\r\n\r\n", b"0", 408),
    "a body half way": Slow(LOGIN + b"Content-Length: 1000\r\n\r\n{", b"", 408),
    "a body that is refused": Slow(TEXT + b"Content-Length: 1000\r\n\r\n{", b" ", 408),
    "a body of nothing": Slow(b"GET /health HTTP/1.1\r\nContent-Length: 9\r\n\r\n", b"", 200),
    "no more requests": Slow(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n", b"", 200),
}


def test_whoever_dawdles_is_left_in_bounded_time_while_others_are_served(
    impatient: Server,
) -> None:
    with ExitStack() as connections, httpx.Client(base_url=impatient.url) as client:
        sockets = {connections.enter_context(connected(impatient)): name for name in CALLERS}
        for connection, name in sockets.items():
            connection.sendall(CALLERS[name].first)
        begun = time.monotonic()
        heard: dict[str, bytes] = {}
        for name, received in _until_closed(sockets):
            heard[name] = received
            assert client.get("/health").status_code == 200
        took = time.monotonic() - begun

    assert set(heard) == set(CALLERS)
    assert PATIENCE / 2 < took < LATEST
    for name, received in heard.items():
        answers = list(parse(received))
        assert [answer.status_code for answer in answers] == [
            status for status in [CALLERS[name].status] if status
        ], name
        if CALLERS[name].status == 408:
            assert refused(answers[0], 408, "REQUEST_TOO_SLOW") == []
            assert answers[0].headers["connection"] == "close"


def _until_closed(sockets: dict[socket.socket, str]) -> Iterator[tuple[str, bytes]]:
    """Go on dripping on each connection, and give what came on it when it is closed."""
    received = dict.fromkeys(sockets.values(), b"")
    deadline = time.monotonic() + LATEST
    with DefaultSelector() as selector:
        for connection in sockets:
            selector.register(connection, EVENT_READ)
        while selector.get_map() and time.monotonic() < deadline:
            for key, _ in selector.select(DRIP):
                name = sockets[key.fileobj]  # type: ignore[index] # what was registered above
                if chunk := _read(key.fileobj):  # type: ignore[arg-type] # as above
                    received[name] += chunk
                else:
                    selector.unregister(key.fileobj)
                    yield name, received[name]
            for key in list(selector.get_map().values()):
                _drip(key.fileobj, CALLERS[sockets[key.fileobj]].then)  # type: ignore[arg-type,index] # as above


def _read(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65536)
    except ConnectionResetError:
        return b""


def _drip(connection: socket.socket, drop: bytes) -> None:
    try:
        connection.sendall(drop)
    except OSError:
        return  # it is closed, as the next look will tell


def test_who_takes_nothing_of_an_answer_is_left_too(impatient: Server) -> None:
    # More answers than any buffer between us holds: the server can say no more, nor we ask.
    asking = memoryview(b"GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n" * 500_000)
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        deaf.connect(("127.0.0.1", int(impatient.url.rpartition(":")[2])))
        deaf.settimeout(DRIP)
        with suppress(TimeoutError):
            deaf.sendall(asking)
        port = deaf.getsockname()[1]
        assert _holds(impatient, port)

        deadline = time.monotonic() + LATEST
        while _holds(impatient, port):
            assert time.monotonic() < deadline
            time.sleep(DRIP)


def _holds(server: Server, port: int) -> bool:
    """Whether a process of the server has a connection to `port`; its kernel ends it unsaid."""
    workers = psutil.Process(server.process.pid).children(recursive=True)
    connections = (each for worker in workers for each in worker.net_connections("tcp"))
    return any(
        each.status == psutil.CONN_ESTABLISHED and each.raddr.port == port for each in connections
    )


def test_many_who_say_nothing_keep_nobody_out(impatient: Server) -> None:
    with ExitStack() as connections, httpx.Client(base_url=impatient.url) as client:
        for _ in range(400):
            connections.enter_context(connected(impatient))

        assert client.get("/health").status_code == 200
