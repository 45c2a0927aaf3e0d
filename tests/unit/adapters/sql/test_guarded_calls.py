import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import nullcontext
from uuid import UUID

import pytest

from adapters.sql.database import SqlDatabase
from adapters.sql.driver import Driver
from adapters.sqlite.temporary import TemporaryDriver
from application.commits import CommitTracker, track_commits, untrack_commits
from application.errors import (
    CircuitOpen,
    ConcurrentUpdate,
    DatabaseFailure,
    DatabaseUnavailable,
    DependencyUnavailable,
    OperationTimedOut,
    OutcomeUnknown,
)
from application.ports.circuit_listener import CircuitState
from application.ports.credential_reader import CREDENTIALS
from application.ports.database import Database
from application.ports.session_reader import SESSION_READER
from application.ports.user_reader import USER_READER
from application.session.views import SessionQuery
from application.user.views import UserQuery
from domain.user.errors import UserAlreadyExists
from tests.builders import NOW, a_user
from tests.faulty import Faults, FaultyDriver
from tests.storage import a_unit
from tests.unit.adapters.resilience.circuits import OPEN_FOR, Bench
from tests.unit.contracts.database import store

SOMEBODY = UUID(int=1)
SERVER_GONE = DatabaseUnavailable()


class Scene:
    def __init__(self, driver: Driver) -> None:
        self.bench = Bench()
        self.faults = Faults()
        self.database = SqlDatabase(FaultyDriver(driver, self.faults))
        self.database.attach(guard=self.bench.breaker, instrument=nullcontext)
        self.unharmed = SqlDatabase(driver)

    def half_open(self) -> None:
        self.bench.trip()
        self.bench.time += OPEN_FOR

    def state(self) -> CircuitState:
        return self.bench.state()


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    driver = TemporaryDriver(readers=1)
    await driver.open()
    yield Scene(driver)
    await driver.close()


READS: dict[str, Callable[[Database], Awaitable[object]]] = {
    "users.get": lambda it: it.reader(USER_READER).get(SOMEBODY),
    "users.find_by_email": lambda it: it.reader(USER_READER).find_by_email("ann@example.com"),
    "users.page": lambda it: it.reader(USER_READER).page(UserQuery(limit=1)),
    "credentials.by_email": lambda it: it.reader(CREDENTIALS).by_email(
        "ann@example.com", None, NOW
    ),
    "credentials.by_id": lambda it: it.reader(CREDENTIALS).by_id(SOMEBODY),
    "session_reader.find_live": lambda it: it.reader(SESSION_READER).find_live(SOMEBODY, NOW),
    "session_reader.page": lambda it: it.reader(SESSION_READER).page(
        SessionQuery(user_id=SOMEBODY, limit=1)
    ),
    "unit_of_work": lambda it: store(it, a_user()),
}


@pytest.mark.parametrize("call", READS.values(), ids=READS)
async def test_every_way_in_counts_outages_and_is_closed_by_them(
    scene: Scene, call: Callable[[Database], Awaitable[object]]
) -> None:
    scene.faults.is_down = True
    for _ in range(5):
        with pytest.raises(DatabaseUnavailable):
            await call(scene.database)
    reached = len(scene.faults.reached)

    with pytest.raises(CircuitOpen):
        await call(scene.database)

    assert len(scene.faults.reached) == reached == 5


@pytest.mark.parametrize("point", ["begin", "work", "commit", "leave"])
async def test_an_outage_anywhere_in_a_unit_of_work_counts(scene: Scene, point: str) -> None:
    for _ in range(4):
        scene.faults.add("begin", SERVER_GONE)
        with pytest.raises(DatabaseUnavailable):
            await store(scene.database, a_user())
    scene.faults.add(point, SERVER_GONE)

    if point == "leave":  # It was committed before.
        await store(scene.database, a_user())
    else:
        with pytest.raises(DependencyUnavailable):
            await store(scene.database, a_user())

    assert scene.state() is CircuitState.OPEN


@pytest.mark.parametrize(
    "error",
    [UserAlreadyExists(), ConcurrentUpdate(), DatabaseFailure(), ZeroDivisionError()],
)
@pytest.mark.parametrize("point", ["work", "commit"])
async def test_any_other_error_in_a_unit_is_an_answer(
    scene: Scene, point: str, error: Exception
) -> None:
    scene.half_open()
    scene.faults.add(point, error)

    with pytest.raises(type(error)):
        await store(scene.database, a_user())

    assert scene.state() is CircuitState.CLOSED


async def test_an_outage_of_something_else_in_a_unit_is_not_the_databases(scene: Scene) -> None:
    for _ in range(9):
        with pytest.raises(DependencyUnavailable):
            async with a_unit(scene.database):
                raise DependencyUnavailable(dependency="token signer")

    assert scene.state() is CircuitState.CLOSED


async def test_a_unit_that_cannot_be_entered_for_another_reason_says_nothing(
    scene: Scene,
) -> None:
    scene.half_open()
    scene.faults.add("begin", ZeroDivisionError())

    with pytest.raises(ZeroDivisionError):
        await store(scene.database, a_user())

    assert scene.state() is CircuitState.HALF_OPEN
    assert scene.bench.refusal() is None


async def test_a_read_that_is_answered_ends_an_outage(scene: Scene) -> None:
    scene.half_open()

    assert await scene.database.reader(USER_READER).get(SOMEBODY) is None

    assert scene.state() is CircuitState.CLOSED


async def test_a_unit_holds_its_permit_until_it_is_left(scene: Scene) -> None:
    scene.half_open()
    leave = asyncio.Event()

    async def hold(database: Database) -> None:
        async with a_unit(database):
            await leave.wait()

    # A database each, since units of one file wait for each other.
    drivers = [TemporaryDriver(readers=1) for _ in range(3)]
    for driver in drivers:
        await driver.open()
    databases = [SqlDatabase(driver) for driver in drivers]
    for database in databases:
        database.attach(guard=scene.bench.breaker, instrument=nullcontext)
    units = [asyncio.create_task(hold(database)) for database in databases]
    await asyncio.sleep(0)
    assert scene.bench.refusal() is not None

    units[0].cancel()
    await asyncio.wait(units[:1])

    assert scene.state() is CircuitState.HALF_OPEN
    assert scene.bench.refusal() is None
    leave.set()
    await asyncio.wait(units)
    assert scene.state() is CircuitState.CLOSED
    for driver in drivers:
        await driver.close()


@pytest.mark.parametrize("point", ["commit", "committed"])
@pytest.mark.parametrize("error", [SERVER_GONE, OperationTimedOut(), TimeoutError()])
async def test_a_commit_without_an_answer_has_an_unknown_outcome(
    scene: Scene, point: str, error: Exception
) -> None:
    scene.faults.add(point, error)
    user = a_user()

    with pytest.raises(OutcomeUnknown) as caught:
        await store(scene.database, user)

    assert caught.value.dependency == "database"
    assert caught.value.__cause__ is error
    happened = await scene.unharmed.reader(USER_READER).get(user.id) is not None
    assert happened is (point == "committed")


async def test_a_caller_that_leaves_during_a_failing_commit_hides_no_outage(scene: Scene) -> None:
    scene.half_open()
    scene.faults.add("commit", SERVER_GONE)

    unit = a_unit(scene.database)
    await unit.__aenter__()
    with pytest.raises(OutcomeUnknown):
        await unit.commit()
    await unit.__aexit__(asyncio.CancelledError, asyncio.CancelledError(), None)

    assert scene.state() is CircuitState.OPEN


async def test_a_lost_connection_after_the_commit_is_nobodys_error(scene: Scene) -> None:
    scene.faults.add("leave", SERVER_GONE)
    user = a_user()

    await store(scene.database, user)

    assert await scene.unharmed.reader(USER_READER).get(user.id) is not None


async def test_a_lost_connection_without_a_commit_is_told(scene: Scene) -> None:
    scene.faults.add("leave", SERVER_GONE)

    with pytest.raises(DatabaseUnavailable):
        async with a_unit(scene.database):
            pass


async def test_the_check_is_not_guarded(scene: Scene) -> None:
    scene.bench.trip()

    await scene.database.check()
    scene.faults.is_down = True
    with pytest.raises(DatabaseUnavailable):
        await scene.database.check()

    assert scene.faults.count("check") == 2


async def test_commits_are_noted_for_whoever_repeats(scene: Scene) -> None:
    commits = CommitTracker()
    watch = track_commits(commits)
    async with a_unit(scene.database):
        pass
    assert not commits.happened
    await store(scene.database, a_user())
    untrack_commits(watch)
    assert commits.happened
