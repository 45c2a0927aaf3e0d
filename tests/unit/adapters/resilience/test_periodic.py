import asyncio
from datetime import timedelta

from adapters.resilience.periodic import Periodic
from application.errors import DatabaseUnavailable

OFTEN, NEVER = timedelta(0), timedelta(days=1)


async def test_it_runs_while_it_is_open_whatever_a_run_raises() -> None:
    runs, failed, enough = 0, list[str](), asyncio.Event()

    async def run() -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise DatabaseUnavailable
        if runs == 3:
            enough.set()

    periodic = Periodic("flush", run, OFTEN, failed.append)
    await periodic.open()
    async with asyncio.timeout(10):
        await enough.wait()
    await periodic.close()

    assert failed == ["flush"]
    at_close = runs
    await asyncio.sleep(0)
    assert runs == at_close


async def test_it_runs_once_more_when_it_is_closed_and_not_when_it_was_never_open() -> None:
    runs = list[str]()

    async def run() -> None:
        runs.append("run")

    periodic = Periodic("flush", run, NEVER, runs.append)
    await periodic.close()
    await periodic.open()
    await periodic.close()
    await periodic.close()

    assert runs == ["run"]


async def test_the_last_run_is_waited_for_in_bounded_time() -> None:
    failed = list[str]()

    async def hang() -> None:
        await asyncio.Event().wait()

    periodic = Periodic("flush", hang, NEVER, failed.append, patience=0.01)
    await periodic.open()
    async with asyncio.timeout(10):
        await periodic.close()

    assert failed == ["flush"]
