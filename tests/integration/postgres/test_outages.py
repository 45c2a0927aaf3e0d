"""What the policies make of a real server that goes away and comes back."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import pytest
from dependency_injector import providers
from psycopg_pool import AsyncConnectionPool

import containers
from adapters.resilience.breaker import Breaker
from adapters.system.time_and_identity import SystemClock
from application.context import CallContext, call_context
from application.errors import CircuitOpen, DatabaseUnavailable, DependencyUnavailable
from application.health.check_readiness import CheckReadiness
from application.ports.circuit_listener import CircuitState
from application.ports.user_reader import USER_READER
from application.session.refresh_session import RefreshSession
from application.settings import DatabaseSettings
from application.use_cases import UseCases
from application.user.get_user import GetUser
from application.user.register_user import RegisterUser
from domain.user.errors import UserNotFound
from tests.integration.postgres.test_connections import end_connections
from tests.services.proxy import Proxy
from tests.storage import driver_of
from tests.world import OPERATOR, PASSWORD, SETTINGS

NOBODY = GetUser(actor=OPERATOR, user="nobody@example.com")
RECOVERY = 5.0
"""Seconds after the server's return within which everything works again."""


@dataclass
class Service:
    do: UseCases
    container: containers.Container

    @property
    def state(self) -> CircuitState:
        breaker = self.container.breaker()
        assert isinstance(breaker, Breaker)
        return breaker.state

    def asked(self) -> int:
        """How often a connection of the pool was asked for."""
        return self.pool().get_stats().get("requests_num", 0)

    def pool(self) -> AsyncConnectionPool:
        pool = driver_of(self.container.database())._connections._pool  # type: ignore[attr-defined] # to ask it
        assert isinstance(pool, AsyncConnectionPool)
        return pool

    async def read(self, patience: float) -> bool:
        """Tell whether the database answered within `patience` seconds."""
        deadline = time.monotonic() + patience
        token = call_context.set(CallContext(request_id="test", deadline=deadline))
        try:
            await self.do.get_user(NOBODY)
        except UserNotFound:
            return True
        except DependencyUnavailable:
            return False
        finally:
            call_context.reset(token)
        raise AssertionError

    async def trip(self) -> None:
        for _ in range(3):
            await asyncio.gather(*(self.read(0.3) for _ in range(5)))
        assert self.state is CircuitState.OPEN


@asynccontextmanager
async def serving(url: str) -> AsyncIterator[Service]:
    settings = replace(SETTINGS, database=DatabaseSettings(url=url, is_default=False))
    container = containers.build(settings)
    async with containers.opened(container) as use_cases:
        yield Service(use_cases, container)


@pytest.fixture
async def proxy(migrated_postgres_url: str) -> AsyncIterator[Proxy]:
    # pytest's own folders have paths that are too long for a Unix socket.
    with TemporaryDirectory() as folder:
        proxy = Proxy(migrated_postgres_url, Path(folder))
        async with proxy.listening():
            yield proxy


async def test_a_server_that_is_gone_is_soon_left_alone_and_found_when_it_is_back(
    proxy: Proxy,
) -> None:
    async with serving(proxy.url) as service:
        assert await service.read(RECOVERY)
        proxy.cut()
        await service.trip()
        assert not (await service.do.check_readiness(CheckReadiness())).is_ready

        await asyncio.sleep(3)  # Longer than the pool itself tries: it has given up by now.
        proxy.mend()

        began = time.monotonic()
        while not await service.read(RECOVERY):  # noqa: ASYNC110 - this is what callers do
            await asyncio.sleep(0.05)
        assert time.monotonic() - began < RECOVERY
        assert service.state is CircuitState.CLOSED
        assert (await service.do.check_readiness(CheckReadiness())).is_ready


async def test_while_open_nobody_asks_for_a_connection(proxy: Proxy) -> None:
    async with serving(proxy.url) as service:
        proxy.cut()
        await service.trip()
        probe = service.container.probe()
        assert probe is not None
        await probe.close()
        asked = service.asked()

        for _ in range(50):
            with pytest.raises(CircuitOpen):
                await service.do.get_user(NOBODY)
        with pytest.raises(CircuitOpen):
            await service.do.register_user(RegisterUser(email="a@example.com", password=PASSWORD))

        assert service.asked() == asked


async def test_without_the_breaker_they_would(proxy: Proxy) -> None:
    async with serving(proxy.url) as service:
        proxy.cut()
        asked = service.asked()
        token = call_context.set(CallContext(request_id="r", deadline=time.monotonic() + 0.3))

        with pytest.raises(DatabaseUnavailable):
            await service.container.database().reader(USER_READER).get(UUID(int=1))

        call_context.reset(token)

        assert service.asked() > asked


async def test_a_use_case_that_loses_its_connection_inside_is_done_again(
    migrated_postgres_url: str,
) -> None:
    class Ending(SystemClock):
        """Ends all connections, once, at the moment that a refresh holds its session."""

        ended = 0

        def now(self) -> datetime:
            if not self.ended:
                self.ended = end_connections(migrated_postgres_url)
            return super().now()

    async with serving(migrated_postgres_url) as service:
        asked = RegisterUser(email="ann@example.com", password=PASSWORD)
        tokens = (await service.do.register_user(asked)).tokens
        assert tokens is not None
    container = containers.build(
        replace(SETTINGS, database=DatabaseSettings(url=migrated_postgres_url, is_default=False))
    )
    clock = Ending()
    container.clock.override(providers.Object(clock))
    async with containers.opened(container) as use_cases:
        pair = await use_cases.refresh_session(RefreshSession(refresh_token=tokens.refresh_token))

    assert clock.ended >= 1
    assert pair.refresh_token != tokens.refresh_token
