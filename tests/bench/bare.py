"""The limits that the service is compared with: `python -m tests.bench.bare NAME PORT`.

`asgi` and `litestar` run on Granian as the service does: one process, uvloop, HTTP/1, the same
backpressure. `litestar` makes its answer anew each time, of the same shape and size as that of
`GET /api/v1/users/me`; `asgi` sends bytes that are ready. `ceiling` is less than a server: whatever
comes is answered with the same bytes, so that the load itself is the limit.
"""

import asyncio
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import msgspec
import uvloop
from granian.constants import HTTPModes, Interfaces, Loops
from granian.log import LogLevels
from granian.server.mp import MPServer
from litestar import Litestar, get
from msgspec import Struct

from entrypoints.http.server.supervisor import connections

PATH = "/api/v1/users/me"


class User(Struct, frozen=True, kw_only=True):
    id: UUID
    email: str
    name: str | None
    bio: str | None
    website: str | None
    roles: list[str]
    is_active: bool
    created_at: datetime
    updated_at: datetime


class OneUser(Struct, frozen=True):
    user: User


class Success(Struct, frozen=True, kw_only=True):
    status: str = "success"
    data: OneUser


SOMEBODY = User(
    id=UUID("01890a5d-ac96-774b-bcce-b302099a8057"),
    email="bench@example.com",
    name=None,
    bio=None,
    website=None,
    roles=[],
    is_active=True,
    created_at=datetime(2026, 1, 1, 12, 30, 15, 123456, tzinfo=UTC),
    updated_at=datetime(2026, 1, 1, 12, 30, 15, 123456, tzinfo=UTC),
)
BODY = msgspec.json.encode(Success(data=OneUser(SOMEBODY)))


@get(PATH)
async def read_somebody() -> Success:
    return Success(data=OneUser(SOMEBODY))


def litestar() -> Litestar:
    return Litestar([read_somebody], openapi_config=None, logging_config=None)


async def asgi(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - as bare as it gets
    if scope["type"] != "http":
        return
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY, "more_body": False})


class _Ceiling(asyncio.Protocol):
    """Answers what it receives, and reads nothing of it."""

    _ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's is one by what it does, not by its class.
        self._write = cast("asyncio.Transport", transport).write

    def data_received(self, data: bytes) -> None:
        self._write(self._ANSWER)


async def ceiling(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(_Ceiling, "127.0.0.1", port)
    await server.serve_forever()


def main(name: str, port: int) -> None:
    if name == "ceiling":
        uvloop.run(ceiling(port))
        return
    applications: dict[str, Callable[[], Callable[..., Any]]] = {
        "asgi": lambda: asgi,
        "litestar": litestar,
    }
    server = MPServer(
        name,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=1,
        backpressure=connections(),
        loop=Loops.uvloop,
        log_level=LogLevels.warning,
    )
    server.serve(target_loader=applications[name], wrap_loader=False)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
