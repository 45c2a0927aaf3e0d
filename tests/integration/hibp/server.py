"""A server of the range protocol that answers as it is told: well, slowly, or wrongly."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Answer = Callable[[str], bytes]
"""Takes the five digits that were asked for, and gives the whole HTTP answer."""


def answer(body: str | bytes, status: str = "200 OK", *headers: str) -> bytes:
    raw = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(raw)}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + raw


def honest(passwords: Iterable[str], *, padding: int = 20) -> Answer:
    """Answer as the real one does, padded with suffixes that nobody has."""
    digests = [hashlib.sha1(text.encode()).hexdigest().upper() for text in passwords]  # noqa: S324 - the protocol

    def give(prefix: str) -> bytes:
        lines = [f"{digest[5:]}:3" for digest in digests if digest.startswith(prefix)]
        lines += [f"{number:035X}:0" for number in range(padding)]
        return answer("\r\n".join(lines))

    return give


@dataclass
class Server:
    """`asked` has the request line and the headers of each request, as they came."""

    answer: Answer
    url: str = ""
    asked: list[str] = field(default_factory=list)
    hold: asyncio.Event = field(default_factory=asyncio.Event)
    is_slow: bool = False

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.asked.append(request)
            if self.is_slow:
                await self.hold.wait()
            writer.write(self.answer(request.split()[1].rpartition("/")[2]))
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def running(give: Answer) -> AsyncIterator[Server]:
    server = Server(give)
    listening = await asyncio.start_server(server.talk, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        server.hold.set()
        listening.close()
        await listening.wait_closed()
