"""The whole service on twins, called through both drivers, with a fault where a test wants one."""

import asyncio
import io
import shutil
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, TypeVar

import httpx
from dependency_injector import providers

import containers
from adapters.memory.fakes import FrozenClock
from application.session.session_opener import TokenPair
from application.use_cases import UseCases
from application.user.grant_role import GrantRole
from application.user.register_user import RegisterUser
from application.user.replay_registration import Registered
from entrypoints.cli.main import run
from entrypoints.cli.runtime import Runtime
from entrypoints.http.app import HttpApi, create_app
from tests.faulty import Faults, break_down
from tests.storage import an_sqlite_file
from tests.world import OPERATOR, PASSWORD, settings_with

ANN, ADMIN = "ann@example.com", "admin@example.com"
T = TypeVar("T")


@cache
def one_app() -> HttpApi:
    """Give the API, which keeps nothing between calls but its routes."""
    return create_app()


class Scene(Runtime):
    """One container, opened anew for each call; its database keeps what is in it."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.clock = FrozenClock()
        folder = mkdtemp()
        weakref.finalize(self, shutil.rmtree, folder)
        self.container = containers.build(settings_with(database=an_sqlite_file(Path(folder))))
        self.container.clock.override(providers.Object(self.clock))
        if fault is not None:
            faults = Faults()
            faults.add("read", *[fault] * 10)
            break_down(self.container.database(), faults)

    @asynccontextmanager
    async def use_cases(self) -> AsyncIterator[UseCases]:
        async with containers.opened(self.container) as use_cases:
            yield use_cases

    def do(self, action: Callable[[UseCases], Awaitable[T]]) -> T:
        """Prepare something, by whatever use case."""

        async def done() -> T:
            async with self.use_cases() as use_cases:
                return await action(use_cases)

        return asyncio.run(done())

    def register(self, email: str = ANN) -> Registered:
        command = RegisterUser(email=email, password=PASSWORD)
        return self.do(lambda use_cases: use_cases.register_user(command))

    def tokens(self, email: str = ANN) -> TokenPair:
        """Give those of somebody who has just signed up."""
        tokens = self.register(email).tokens
        assert tokens is not None
        return tokens

    def admin(self) -> Registered:
        admin = self.register(ADMIN)
        command = GrantRole(actor=OPERATOR, user_id=admin.user.id, role="admin")
        self.do(lambda use_cases: use_cases.grant_role(command))
        return admin

    def wait(self, **time: float) -> None:
        self.clock.advance(timedelta(**time))

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401 - as httpx has it
        async def sent() -> httpx.Response:
            app = one_app()
            async with self.use_cases() as app.state.use_cases:
                transport = httpx.ASGITransport(app)  # type: ignore[arg-type] # Litestar's own ASGI types
                async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                    return await client.request(method, path, **more)

        return asyncio.run(sent())

    def run(self, arguments: tuple[str, ...], stdin: str = "") -> tuple[int, str, str]:
        """Run a command; gives exit code, stdout and stderr."""
        out, err = io.StringIO(), io.StringIO()
        typed = io.TextIOWrapper(io.BytesIO(stdin.encode()))
        code = run(arguments, self, stdin=typed, stdout=out, stderr=err)
        return code, out.getvalue(), err.getvalue()
