"""Callers that keep their connections, and see every byte that comes back or does not."""

import asyncio
import json
import socket
import time
from asyncio import StreamReader, StreamWriter
from dataclasses import dataclass, field
from itertools import cycle
from urllib.parse import urlsplit

from tests.integration.processes import PATIENCE
from tests.integration.shutdown.conftest import ACCOUNT

LOGIN = json.dumps(ACCOUNT).encode()
REQUESTS = (
    b"GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(LOGIN), LOGIN),
)
CLIENTS = 64


@dataclass(frozen=True, slots=True)
class Answer:
    request: bytes
    status: int
    closes: bool
    body: bytes
    asked_at: float
    answered_at: float
    """By the monotonic clock, as above."""


@dataclass
class Load:
    """What came of all requests of several clients."""

    answers: list[Answer] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    is_running: asyncio.Event = field(default_factory=asyncio.Event)
    """Set after the first hundred answers."""
    _not_told: set[int] = field(default_factory=set)
    _are_told: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, url: str) -> None:
        """Send one request after the other on every connection, until none can be made."""
        await asyncio.gather(*(self._client(url, number) for number in range(CLIENTS)))

    async def all_told_to_leave(self) -> None:
        """Wait until each client, from now on, was told to close its connection."""
        self._not_told = set(range(CLIENTS))
        self._are_told.clear()
        await self._are_told.wait()

    async def _client(self, url: str, number: int) -> None:
        # A few do everything; many ask what is answered at once, and are back at once.
        requests = cycle(REQUESTS if number % 8 == 0 else REQUESTS[:2])
        while True:
            try:
                streams = await asyncio.open_connection(*address(url))
            except OSError:
                return
            if await self._converse(*streams, requests):
                self._not_told.discard(number)
            if not self._not_told:
                self._are_told.set()

    async def _converse(
        self, reader: StreamReader, writer: StreamWriter, requests: "cycle[bytes]"
    ) -> bool:
        """Ask until told to close, which is true, or cut off."""
        try:
            for request in requests:
                answer = await ask(reader, writer, request)
                self.answers.append(answer)
                if len(self.answers) == 100:
                    self.is_running.set()
                if answer.closes:
                    return True
        except (OSError, EOFError) as error:
            self.unanswered.append(repr(error))
        finally:
            writer.close()
        return False


async def ask(reader: StreamReader, writer: StreamWriter, request: bytes) -> Answer:
    asked_at = time.monotonic()
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    headers = dict(line.split(b": ", 1) for line in head.splitlines()[1:-1])
    body = await reader.readexactly(int(headers[b"content-length"]))
    closes = headers.get(b"connection") == b"close"
    return Answer(request, int(head.split()[1]), closes, body, asked_at, time.monotonic())


class SlowLogin:
    """A request whose second half is sent when the test wants it to be."""

    def __init__(self, url: str) -> None:
        head, body = REQUESTS[2].split(b"\r\n\r\n")
        self._rest = body[9:]
        self._socket = socket.create_connection(address(url), timeout=PATIENCE)
        # The answer to this tells that the application has begun to read the body.
        self._socket.sendall(head + b"\r\nExpect: 100-continue\r\n\r\n")
        assert b" 100 " in self._socket.recv(4096)
        self._socket.sendall(body[:9])

    def finish(self) -> bytes:
        """Send the rest; give the whole answer."""
        self._socket.sendall(self._rest)
        return self.answer()

    def answer(self) -> bytes:
        with self._socket, self._socket.makefile("rb") as answer:
            return answer.read()


def address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return str(parts.hostname), int(parts.port or 0)


def is_refused(url: str) -> bool:
    try:
        # A newcomer's first packet may be dropped, and sent again a second later.
        socket.create_connection(address(url), timeout=0.1).close()
    except TimeoutError:
        return False
    except OSError:
        return True
    return False


def wait_until_refused(url: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_refused(url):
        assert time.monotonic() < deadline
        time.sleep(0.01)
