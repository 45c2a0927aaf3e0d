from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from application.audit.budget import ACCOUNTS, BURST, RESERVE, FailureReserve
from application.audit.entry import AuditEntry
from application.audit.failures import Failures
from application.context import CallContext, call_context
from application.errors import DatabaseUnavailable
from application.user.close_account import CloseAccount
from domain.errors import DomainError
from domain.user.errors import InvalidCredentials
from tests.builders import an_entry, an_id
from tests.faulty import Faults
from tests.storage import an_sqlite_file
from tests.unit.application.trail import trail, types
from tests.world import PASSWORD, World, settings_with, world


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


ANN, WRONG = "ann@example.com", "Wrong-Horse-1"


async def fail(here: World, email: str, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(InvalidCredentials):
            await here.log_in(email, WRONG)


async def storm(here: World) -> None:
    """Use up what all accounts have together, on addresses that nobody has."""
    for number in range(BURST):
        await fail(here, f"x{number}@example.com")


def counts(entries: list[AuditEntry], name: str) -> list[object]:
    return [entry.details[name] for entry in entries if name in entry.details]


async def test_a_storm_against_others_hides_no_attack_on_one_account(here: World) -> None:
    ann = (await here.register()).user.id
    await storm(here)

    await fail(here, ANN, RESERVE + 4)
    await fail(here, "nobody@example.com", 7)
    assert (await types(here, ann)).count("login.failed") == 0
    await here.container.failures().flush()

    told = await trail(here, ann)
    assert [entry.type for entry in told].count("login.failed") == RESERVE
    assert told[-1].type == "failures.held_back"
    assert told[-1].details == {"count": 4}
    (everybody,) = [entry for entry in await trail(here) if entry.details == {"count": 11}]
    assert (everybody.type, everybody.user_id) == ("failures.held_back", None)
    before = len(await trail(here))
    await here.container.failures().flush()
    assert len(await trail(here)) == before


async def test_an_entry_of_the_reserve_says_when_and_from_where(here: World) -> None:
    ann = (await here.register()).user.id
    await storm(here)
    happened = here.clock.now()
    call_context.set(CallContext(request_id="the-attack", client_address="192.0.2.66"))
    await fail(here, ANN)
    here.clock.advance(timedelta(seconds=9))
    call_context.set(CallContext(request_id="none"))

    await here.container.failures().flush()

    (*_, entry) = await trail(here, ann)
    assert (entry.type, entry.occurred_at) == ("login.failed", happened)
    assert (entry.request_id, entry.client_address) == ("the-attack", "192.0.2.66")


async def test_what_was_dropped_is_told_by_the_next_entry(here: World) -> None:
    ann = (await here.register()).user.id
    happened = len(here.events)
    await storm(here)
    await fail(here, ANN, RESERVE + 20)
    assert (await types(here)).count("login.failed") == BURST
    assert len(here.events) == happened + BURST + RESERVE + 20

    here.clock.advance(timedelta(seconds=2))
    await fail(here, ANN, 2)

    written = await trail(here)
    assert counts(written, "held_back_before") == [20]
    assert counts(written, "held_back_of_account") == [20]
    assert [entry.user_id for entry in written if "held_back_of_account" in entry.details] == [ann]
    await here.log_in()
    assert (await types(here))[-1] == "session.opened"


async def test_a_request_past_the_budget_writes_nothing_whether_the_address_is_known(
    here: World,
) -> None:
    """Else the time of the answer would tell."""
    await here.register()
    await storm(here)
    before = len(await trail(here))

    await fail(here, ANN)
    await fail(here, "nobody@example.com")

    assert len(await trail(here)) == before


async def test_the_end_of_a_storm_is_written_when_the_service_stops(tmp_path: Path) -> None:
    settings = settings_with(database=an_sqlite_file(tmp_path))
    async with world(settings) as here:
        ann = (await here.register()).user.id
        await storm(here)
        await fail(here, ANN, RESERVE + 1)
        before = await types(here)

    async with world(settings) as there:
        after = await types(there)
        last = (await trail(there, ann))[-1]
    assert sorted(after[len(before) :]) == ["failures.held_back"] * 2 + ["login.failed"] * RESERVE
    assert last.details == {"count": 1}


def test_memory_is_bounded_and_the_account_that_fails_now_keeps_its_reserve() -> None:
    reserve, ann = FailureReserve(), an_id()
    for _ in range(ACCOUNTS + 10):
        reserve.put(an_entry(ann))
        reserve.put(an_entry(an_id()))

    drained = reserve.drain()

    accounts = {entry.user_id for entry in drained.entries}
    assert len(accounts) == ACCOUNTS
    assert [entry.user_id for entry in drained.entries].count(ann) == RESERVE
    assert drained.by_account == {ann: ACCOUNTS + 10 - RESERVE}
    # All that is not written is counted, that of accounts which had to go too.
    assert drained.dropped + len(drained.entries) == 2 * (ACCOUNTS + 10)


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


@pytest.mark.parametrize("point", ["begin", "commit"])
async def test_a_flush_that_fails_is_made_good_by_the_next(point: str) -> None:
    faults = Faults()
    async with world(faults=faults) as here:
        ann = (await here.register()).user.id
        failures: Failures = here.container.failures()
        await storm(here)
        await fail(here, ANN, RESERVE + 5)
        faults.add(point, DatabaseUnavailable())
        with pytest.raises(DomainError):
            await failures.flush()

        await failures.flush()

        told = await types(here, ann)
        assert told.count("login.failed") == RESERVE
        assert counts(await trail(here), "count") == [5, 5]
