"""The whole service in one process, on twins: what unit tests act in."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TypeVar
from uuid import UUID

from dependency_injector import providers

import containers
from adapters.memory.fakes import FrozenClock
from application.actor import Account, Operator
from application.ports.event_publisher import EventPublisher
from application.session.authenticate import Authenticate
from application.session.list_sessions import ListSessions
from application.session.log_in import LoggedIn, LogIn
from application.settings import (
    DatabaseSettings,
    Environment,
    LimitSettings,
    PasswordSettings,
    Settings,
    TokenSettings,
)
from application.use_case import UseCase
from application.use_cases import UseCases
from application.user.grant_role import GrantRole
from application.user.register_user import RegisterUser
from application.user.replay_registration import Registered
from domain.events import DomainEvent
from domain.user.role import KnownRoles, Role
from tests.faulty import Faults, break_down

C = TypeVar("C")
R = TypeVar("R")
H = TypeVar("H")

PASSWORD = "Correct-Horse-1"
OPERATOR = Operator("tester")

SETTINGS = Settings(
    environment=Environment.TEST,
    database=DatabaseSettings(url="memory://", is_default=False),
    rate_limits=LimitSettings(url="none://"),
    tokens=TokenSettings(secret=b"a secret for tests only, of enough bytes"),
    passwords=PasswordSettings(hasher="plain://", threads=2),
    roles=KnownRoles(frozenset({Role("editor")})),
)
"""A world of twins: nothing leaves the process, and hashing takes no time."""


@dataclass
class Recorder(EventPublisher):
    """Hands events on, and remembers them."""

    inner: EventPublisher
    events: list[DomainEvent] = field(default_factory=list)

    async def publish(self, events: Sequence[DomainEvent]) -> None:
        self.events.extend(events)
        await self.inner.publish(events)


@dataclass
class World:
    do: UseCases
    clock: FrozenClock
    recorder: Recorder
    container: containers.Container

    @property
    def events(self) -> list[DomainEvent]:
        return self.recorder.events

    async def register(
        self, email: str = "ann@example.com", *, name: str | None = None
    ) -> Registered:
        return await self.do.register_user(RegisterUser(email=email, password=PASSWORD, name=name))

    async def log_in(self, email: str = "ann@example.com", password: str = PASSWORD) -> LoggedIn:
        return await self.do.log_in(LogIn(email=email, password=password))

    async def actor(self, email: str = "ann@example.com") -> Account:
        """Give somebody who is registered and logged in."""
        registered = await self.register(email)
        assert registered.tokens is not None
        return await self.do.authenticate(Authenticate(access_token=registered.tokens.access_token))

    async def admin(self, email: str = "admin@example.com") -> Account:
        """Give an admin who is registered and logged in."""
        account = await self.actor(email)
        await self.do.grant_role(GrantRole(actor=OPERATOR, user_id=account.user_id, role="admin"))
        tokens = (await self.log_in(email)).tokens
        return await self.do.authenticate(Authenticate(access_token=tokens.access_token))

    async def live_sessions(self, user_id: UUID) -> list[UUID]:
        """Give their ids, the newest first."""
        page = await self.do.list_sessions(ListSessions(actor=OPERATOR, user_id=user_id))
        return [session.id for session in page.items]


@asynccontextmanager
async def world(
    settings: Settings = SETTINGS, faults: Faults | None = None, **parts: object
) -> AsyncIterator[World]:
    """Open a world of its own; the clock stands still until it is told to go on.

    With `faults` its database fails on command, behind all policies, which then never wait.
    `parts` take the place of the container's own, by name.
    """
    container = containers.build(settings)
    for name, part in parts.items():
        container.providers[name].override(providers.Object(part))
    if faults is not None:
        break_down(container.database(), faults)
        vars(container.retry())["_uniform"] = lambda _low, _high: 0.0
    clock = FrozenClock()
    recorder = Recorder(container.events())
    container.clock.override(providers.Object(clock))
    container.events.override(providers.Object(recorder))
    async with containers.opened(container) as use_cases:
        yield World(use_cases, clock, recorder, container)


def handler_of(use_case: UseCase[C, R], kind: type[H]) -> H:
    """Give the handler inside the policies around a use case."""
    inner: object = use_case
    while not isinstance(inner, kind) and hasattr(inner, "inner"):
        inner = inner.inner
    assert isinstance(inner, kind)
    return inner


def settings_with(**changes: object) -> Settings:
    """Give the world's settings with some of them changed."""
    return replace(SETTINGS, **changes)  # type: ignore[arg-type] # checked by the constructor
