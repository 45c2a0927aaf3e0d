from contextlib import suppress
from datetime import timedelta

import pytest

from application.audit.budget import BURST
from application.audit.failures import Failures
from application.errors import DatabaseUnavailable
from application.user.close_account import CloseAccount
from domain.user.errors import InvalidCredentials
from tests.faulty import Faults
from tests.unit.application.trail import trail, types
from tests.world import PASSWORD, World, world


async def test_a_failed_log_in_tells_its_reason_and_no_address(here: World) -> None:
    ann = (await here.register()).user.id
    for email, password in (
        ("ann@example.com", "Wrong-Horse-1"),
        ("Nobody@Example.com", PASSWORD),
        ("nobody@example.com", "Wrong-Horse-1"),
    ):
        with pytest.raises(InvalidCredentials):
            await here.log_in(email, password)

    known, one, two = (await trail(here))[-3:]

    assert {entry.type for entry in (known, one, two)} == {"login.failed"}
    assert (known.actor_id, known.user_id) == (None, ann)
    assert known.details == {"reason": "AUTH_INVALID_CREDENTIALS"}
    assert one.user_id is None
    assert one.details == two.details
    assert "nobody" not in str(await trail(here)).lower()


async def test_a_wrong_current_password_is_written_down(here: World) -> None:
    ann = await here.actor()

    with pytest.raises(InvalidCredentials):
        await here.do.close_account(
            CloseAccount(actor=ann, user_id=ann.user_id, password="Wrong-Horse-1")
        )

    (*_, entry) = await trail(here)
    assert (entry.type, entry.actor_id, entry.user_id) == (
        "password.proof_failed",
        ann.user_id,
        ann.user_id,
    )


async def test_a_storm_of_failures_is_held_back_and_counted(here: World) -> None:
    async def fail(times: int) -> None:
        for number in range(times):
            email = "ann@example.com" if number % 2 else f"x{number}@example.com"
            with pytest.raises(InvalidCredentials):
                await here.log_in(email, "Wrong-Horse-1")

    await here.register()
    happened = len(here.events)
    await fail(BURST + 20)
    assert (await types(here)).count("login.failed") == BURST
    assert len(here.events) == happened + BURST + 20

    here.clock.advance(timedelta(seconds=2))
    await fail(5)

    told = [entry.details.get("held_back_before") for entry in await trail(here)]
    assert [count for count in told if count] == [20]
    assert (await types(here)).count("login.failed") == BURST + 2
    await here.log_in()
    assert (await types(here))[-1] == "session.opened"


async def test_what_could_not_be_written_is_counted_again() -> None:
    faults = Faults()
    async with world(faults=faults) as here:
        failures: Failures = here.container.failures()
        failures.budget.left = 0
        for _ in range(2):
            with suppress(InvalidCredentials):
                await here.log_in("x@example.com")
        here.clock.advance(timedelta(seconds=10))
        faults.add("begin", DatabaseUnavailable())

        with suppress(InvalidCredentials):
            await here.log_in("x@example.com")

        (entry,) = await trail(here)
        assert entry.details["held_back_before"] == 2
