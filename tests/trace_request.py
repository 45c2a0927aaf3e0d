"""Call trace of one request: the way through our code, in order, for newcomers and for us.

`just trace-request GET /api/v1/users/me` builds the service on an SQLite file of its own, signs a
user up, sends the request a few times and prints the functions that the last one entered. A call
is the start of a function; resumed coroutines and comprehensions are not counted, nor is what the
libraries do. Some routes need a body: those that sign up, log in and so on have one here.
"""

import asyncio
import json
import os
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType, FrameType
from typing import Final

import httpx

ROOT: Final = Path(__file__).parents[1]
WARM: Final = 3
"""Requests before the one that is traced: caches, prepared statements and connections exist."""
BATCH: Final = 0.05
"""Seconds after which what is done in batches, such as telemetry, has been done."""
ORIGIN: Final = "http://127.0.0.1:3000"
EMAIL: Final = "ann@example.com"
PASSWORD: Final = "Correct-Horse-1"
_SOURCES: Final = tuple(f"{ROOT / name}" for name in ("src", "containers.py"))
_ENDS_SESSIONS: Final = ("/api/v1/auth/", "/api/v1/users/me/password")
"""Routes after which the next request needs another log-in."""
_INLINE: Final = {"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"}


@dataclass(slots=True)
class CallTrace:
    """Profiler hook that records each function of ours once per start, in every thread."""

    calls: list[tuple[int, CodeType]] = field(default_factory=list)
    is_on: bool = False
    _frames: dict[int, FrameType] = field(default_factory=dict)
    _codes: dict[CodeType, bool] = field(default_factory=dict)

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        if not self.is_on or event != "call" or not self._is_ours(frame.f_code):
            return
        if id(frame) in self._frames:
            return
        # Kept alive, so that no other frame gets its id: a resumed coroutine has the same frame.
        self._frames[id(frame)] = frame
        self.calls.append((self._depth(frame), frame.f_code))

    def _depth(self, frame: FrameType) -> int:
        depth, outer = 0, frame.f_back
        while outer is not None:
            depth += self._is_ours(outer.f_code)
            outer = outer.f_back
        return depth

    def _is_ours(self, code: CodeType) -> bool:
        known = self._codes.get(code)
        if known is None:
            known = code.co_filename.startswith(_SOURCES) and code.co_name not in _INLINE
            self._codes[code] = known
        return known


def _body(method: str, path: str, refresh_token: str) -> object:
    """Give a body that the route accepts; None for one that takes none."""
    bodies: dict[tuple[str, str], object] = {
        ("POST", "/auth/register"): {"email": _new_email(), "password": PASSWORD},
        ("POST", "/auth/login"): {"email": EMAIL, "password": PASSWORD},
        ("POST", "/auth/refresh"): {"refresh_token": refresh_token},
        ("PATCH", "/users/me"): {"name": f"Ann {os.urandom(4).hex()}"},
        ("PUT", "/users/me/password"): {"old_password": PASSWORD, "new_password": PASSWORD},
        ("DELETE", "/users/me"): {"password": PASSWORD},
    }
    return bodies.get((method, path.removeprefix("/api/v1")))


def _new_email() -> str:
    return f"{os.urandom(8).hex()}@example.com"


async def trace(method: str, path: str) -> tuple[httpx.Response, CallTrace]:
    """Send the request until it is warm, and once more with a call trace."""
    calls = CallTrace()
    # Threads that begin from here on, such as those of SQLite and of the hasher, are traced too.
    threading.setprofile(calls)
    with TemporaryDirectory() as folder:
        async with _service(Path(folder)) as client:
            data: dict[str, str] = {}
            for left in range(WARM, -1, -1):
                if left == WARM or path.startswith(_ENDS_SESSIONS):
                    login = {"email": EMAIL, "password": PASSWORD}
                    data = (await client.post("/api/v1/auth/login", json=login)).json()["data"]
                    client.headers["Authorization"] = f"Bearer {data['token']}"
                body = _body(method, path, data.get("refresh_token", ""))
                await asyncio.sleep(BATCH)
                calls.is_on = not left
                sys.setprofile(calls)
                response = await client.request(method, path, json=body)
                await asyncio.sleep(BATCH)
                sys.setprofile(None)
                if calls.is_on:
                    calls.is_on = False
                    return response, calls
    raise RuntimeError("no request was sent")


@asynccontextmanager
async def _service(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Build the service as a server process does, and sign a user up."""
    import containers
    from entrypoints.http.app import create_app
    from entrypoints.http.cookies.sessions import CookieSessions
    from entrypoints.http.refusals import Transport

    environ = {
        "APP_ENV": "test",
        "DATABASE_URL": f"sqlite:///{folder / 'trace.db'}",
        "JWT_SECRET": os.urandom(32).hex(),
        "RATE_LIMITS": "api=10000/1m,login=off,register=10000/1m",
        "LOG_FORMAT": "json",
    }
    settings = containers.load(environ).settings
    containers.migrations(settings).upgrade()
    with containers.sharing_metrics(settings):
        container = containers.build(settings)
        app = create_app(
            request_timeout=settings.request_timeout,
            transport=Transport.of(settings),
            cookie_sessions=CookieSessions.of(settings, settings.http.cors_origins),
            rate_limits=settings.rate_limits.limits,
            telemetry=containers.telemetry_of(container),
        )
        async with containers.opened(container) as use_cases:
            app.state.use_cases = use_cases
            transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]  # looser than ours
            async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
                body = {"email": EMAIL, "password": PASSWORD, "name": "Ann"}
                (await client.post("/api/v1/auth/register", json=body)).raise_for_status()
                yield client


def report(calls: CallTrace) -> str:
    """Print each call, indented by its depth, and the sums in the last line."""
    lines = []
    for depth, code in calls.calls:
        file = Path(code.co_filename).relative_to(ROOT)
        lines.append(f"{'  ' * depth}{file}:{code.co_firstlineno} {code.co_qualname}")
    codes = {code for _, code in calls.calls}
    files = {code.co_filename for code in codes}
    lines.append(f"{len(files)} files, {len(codes)} functions, {len(calls.calls)} calls")
    return "\n".join(lines)


def main(method: str, path: str) -> int:
    response, calls = asyncio.run(trace(method.upper(), path))
    print(report(calls))  # noqa: T201 - what it is for
    if response.is_error:
        print(f"{response.status_code} {json.dumps(response.json())}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
