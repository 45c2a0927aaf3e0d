"""HTTP byte by byte, for what no client would send."""

import io
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx

from tests.integration.processes import PATIENCE, Server

REGISTER = b"/api/v1/auth/register"
CLOSE = b"Host: service\r\nConnection: close\r\n"
AS_JSON = b"Content-Type: application/json\r\n"


@contextmanager
def connected(server: Server) -> Iterator[socket.socket]:
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), PATIENCE) as connection:
        yield connection


def exchange(server: Server, sent: bytes, *, half_closed: bool = False) -> list[httpx.Response]:
    """Send bytes, and give every answer until the server closes."""
    with connected(server) as connection:
        connection.sendall(sent)
        if half_closed:
            connection.shutdown(socket.SHUT_WR)
        return list(_answers(connection))


def request(
    server: Server, method: bytes, target: bytes, headers: bytes = b"", body: bytes = b""
) -> httpx.Response:
    """Send one request, with a Content-Length if it has a body, and give its answer."""
    length = b"Content-Length: %d\r\n" % len(body) if body else b""
    head = b"%s %s HTTP/1.1\r\n%s%s%s\r\n" % (method, target, CLOSE, headers, length)
    (answer,) = exchange(server, head + body)
    return answer


def post(
    server: Server, headers: bytes, body: bytes, *, half_closed: bool = False
) -> httpx.Response:
    """Send a body to /register with nothing but these headers about it."""
    head = b"POST %s HTTP/1.1\r\n%s%s\r\n" % (REGISTER, CLOSE, headers)
    (answer,) = exchange(server, head + body, half_closed=half_closed)
    return answer


def _answers(connection: socket.socket) -> Iterator[httpx.Response]:
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
    return parse(received)


def parse(received: bytes) -> Iterator[httpx.Response]:
    """Give the answers in what a server sent."""
    stream = io.BytesIO(received)
    while status_line := stream.readline():
        headers = list(iter(stream.readline, b"\r\n"))
        pairs = [(name, value.strip()) for name, _, value in (h.partition(b":") for h in headers)]
        length = int(dict(pairs).get(b"content-length", b"0"))
        # What answers HEAD has a length, and no body.
        body = stream.read(length)
        yield httpx.Response(int(status_line.split()[1]), headers=pairs, content=body)
