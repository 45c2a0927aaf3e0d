"""The policies as the container wires them: each of these fails when its policy is taken out."""

import asyncio
import logging
from dataclasses import fields, replace
from typing import TypeVar

import pytest

from adapters.memory.hasher import PlainHasher
from adapters.memory.tracer import NullTracer
from adapters.resilience.breaker import Breaker
from adapters.resilience.retry import Retry
from adapters.resilience.use_case import UseCasePolicy
from application.errors import (
    CircuitOpen,
    ConcurrentUpdate,
    DatabaseUnavailable,
    DependencyUnavailable,
    OutcomeUnknown,
)
from application.health.check_readiness import CheckReadiness
from application.ports.circuit_listener import CircuitState
from application.use_case import UseCase
from application.use_cases import UseCases
from application.user.get_user import GetUser
from application.user.register_user import RegisterUser, RegisterUserHandler
from application.user.update_profile import UpdateProfile
from domain.user.errors import UserAlreadyExists, UserNotFound
from domain.user.password import Password
from tests.faulty import Faults
from tests.unit.adapters.resilience.circuits import eventually
from tests.world import OPERATOR, PASSWORD, World, handler_of, world

NOBODY = GetUser(actor=OPERATOR, user="nobody@example.com")
DOWN = DatabaseUnavailable()


C = TypeVar("C")
R = TypeVar("R")


def retried(inner: UseCase[C, R], retry: Retry) -> UseCase[C, R]:
    return UseCasePolicy(
        "tried", inner, retry=retry, tracer=NullTracer(), has_actor=False, writes=True
    )


@pytest.fixture
def faults() -> Faults:
    return Faults()


def _state(here: World) -> CircuitState:
    breaker = here.container.breaker()
    assert isinstance(breaker, Breaker)
    return breaker.state


async def trip(here: World, faults: Faults) -> None:
    faults.is_down = True
    for _ in range(2):  # Of three attempts each.
        with pytest.raises(DependencyUnavailable):
            await here.do.get_user(NOBODY)
    assert _state(here) is CircuitState.OPEN


def test_every_use_case_is_retried() -> None:
    names = {field.name for field in fields(UseCases)} - {
        "check_readiness",
        "limit_call",
        "refund_call",
    }

    async def wired() -> set[str]:
        async with world() as here:
            retried = {n: handler_of(getattr(here.do, n), UseCasePolicy) for n in names}
            return {*retried}

    assert asyncio.run(wired()) == names


@pytest.mark.parametrize("error", [ConcurrentUpdate(), DOWN])
@pytest.mark.parametrize("point", ["begin", "work"])
async def test_a_use_case_that_lost_a_race_or_the_database_is_done_again(
    faults: Faults, point: str, error: Exception
) -> None:
    async with world(faults=faults) as here:
        faults.add(point, error, error)

        registered = await here.register()

        assert faults.count("begin") == 3
        assert faults.count("commit") == 1
        assert (await here.log_in()).user.id == registered.user.id


async def test_a_race_that_shows_at_the_commit_is_run_again(faults: Faults) -> None:
    async with world(faults=faults) as here:
        faults.add("commit", ConcurrentUpdate())

        await here.register()

        assert faults.count("committed") == 1


async def test_a_read_is_done_again(faults: Faults) -> None:
    async with world(faults=faults) as here:
        faults.add("read", DOWN, DOWN)

        with pytest.raises(UserNotFound):
            await here.do.get_user(NOBODY)

        assert faults.count("read") == 3


async def test_the_third_failure_is_told(faults: Faults) -> None:
    async with world(faults=faults) as here:
        faults.add("begin", *[DOWN] * 3)

        with pytest.raises(DatabaseUnavailable):
            await here.register()

        assert faults.count("begin") == 3


@pytest.mark.parametrize("point", ["commit", "committed"])
async def test_what_may_have_happened_is_not_done_again(faults: Faults, point: str) -> None:
    async with world(faults=faults) as here:
        faults.add(point, DOWN)

        with pytest.raises(OutcomeUnknown):
            await here.register()

        assert faults.count("commit") == 1
        if point == "committed":
            with pytest.raises(UserAlreadyExists):
                await here.register()
        else:
            await here.register()


async def test_a_full_password_queue_is_told_at_once(faults: Faults) -> None:
    class Full(PlainHasher):
        hashed = 0

        async def hash(self, password: Password) -> str:
            self.hashed += 1
            raise DependencyUnavailable(dependency="password hasher")

    hasher = Full()
    async with world(faults=faults) as here:
        handler = handler_of(here.do.register_user, RegisterUserHandler)
        register = retried(replace(handler, hasher=hasher), here.container.retry())
        with pytest.raises(DependencyUnavailable):
            await register(RegisterUser(email="ann@example.com", password=PASSWORD))

    assert hasher.hashed == 1


async def test_while_the_database_is_down_nobody_asks_it(faults: Faults) -> None:
    async with world(faults=faults) as here:
        await trip(here, faults)
        reached = len(faults.reached)

        for _ in range(20):
            with pytest.raises(CircuitOpen):
                await here.do.get_user(NOBODY)
        with pytest.raises(CircuitOpen) as caught:
            await here.register()

        assert len(faults.reached) == reached == 5
        assert 1 <= caught.value.retry_after <= 15


async def test_readiness_asks_the_database_itself(faults: Faults) -> None:
    async with world(faults=faults) as here:
        await trip(here, faults)
        assert not (await here.do.check_readiness(CheckReadiness())).is_ready

        faults.is_down = False

        assert (await here.do.check_readiness(CheckReadiness())).is_ready


async def test_domain_errors_never_open_the_breaker(faults: Faults) -> None:
    async with world(faults=faults) as here:
        await here.register()
        for _ in range(30):
            with pytest.raises(UserAlreadyExists):
                await here.register()
            with pytest.raises(UserNotFound):
                await here.do.get_user(NOBODY)

        assert _state(here) is CircuitState.CLOSED


async def test_a_probe_finds_out_when_the_database_is_back(
    faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(faults=faults) as here:
        monkeypatch.setattr(here.container.probe(), "_every", 0.001)
        await trip(here, faults)
        faults.is_down = False

        await eventually(lambda: _state(here) is not CircuitState.OPEN)

        await here.register()
        assert _state(here) is CircuitState.CLOSED


async def test_the_log_tells_of_outages_and_repeats(
    faults: Faults, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with world(faults=faults) as here:
        await trip(here, faults)

    assert "the circuit breaker 'database' went from CLOSED to OPEN" in caplog.messages
    assert any(message.startswith("get_user again in") for message in caplog.messages)


async def test_a_use_case_that_committed_once_is_never_done_again(faults: Faults) -> None:
    async with world(faults=faults) as here:
        actor = await here.actor()
        change = UpdateProfile(actor=actor, user_id=actor.user_id, name="Lee")
        done: list[str] = []

        class Twice:
            async def __call__(self, command: UpdateProfile) -> None:
                await here.do.update_profile(command)
                done.append("once")
                async with here.container.unit_of_work()() as unit:
                    await unit.commit()
                raise DatabaseUnavailable

        with pytest.raises(DatabaseUnavailable):
            await retried(Twice(), here.container.retry())(change)

        assert done == ["once"]
