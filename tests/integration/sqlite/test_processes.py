"""What other processes do to the file, and what a killed one leaves."""

import asyncio
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from adapters.sqlite import connections
from application.errors import DependencyUnavailable
from application.ports.database import Database
from application.ports.user_reader import USER_READER
from application.ports.user_repository import USERS
from domain.user.name import PersonName
from tests.builders import a_user
from tests.integration.sqlite.opened import opened
from tests.storage import a_unit
from tests.unit.contracts.database import LONG, load, store, together

WRITE_UNTIL_KILLED = """
import asyncio, itertools, sys
from tests.builders import a_user
from tests.integration.sqlite.opened import opened
from tests.unit.contracts.database import store

async def main():
    async with opened(sys.argv[1]) as database:
        for number in itertools.count():
            await store(database, a_user(email=f"{number}@example.com"))
            print(number, flush=True)

asyncio.run(main())
"""


async def test_waits_for_another_process_that_writes(
    migrated_sqlite_url: str, database: Database
) -> None:
    with closing(_locked(migrated_sqlite_url)) as other:
        writing = asyncio.create_task(store(database, a_user()))
        done, _ = await asyncio.wait([writing], timeout=0.1)
        assert not done
        other.execute("ROLLBACK")

    async with asyncio.timeout(LONG):
        await writing


async def test_units_of_two_processes_wait_for_each_other(migrated_sqlite_url: str) -> None:
    user = a_user(name="0")

    async def count_up(database: Database) -> None:
        async with a_unit(database) as unit:
            found = await unit.repository(USERS).get(user.id)
            assert found is not None
            found.name = PersonName(f"{int(str(found.name)) + 1}")
            await unit.repository(USERS).save(found)
            await unit.commit()

    async with opened(migrated_sqlite_url) as one, opened(migrated_sqlite_url) as two:
        await store(one, user)
        outcomes = await together(count_up(database) for database in [one, two] * 10)

        assert outcomes == [None] * 20
        assert (await load(one, user)).name == PersonName("20")


async def test_does_not_wait_for_ever(
    migrated_sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "PATIENCE", 0.05)
    async with opened(migrated_sqlite_url) as database:
        with closing(_locked(migrated_sqlite_url)):
            with pytest.raises(DependencyUnavailable) as caught:
                await store(database, a_user())
            assert caught.value.context["sqlite_error"] == "SQLITE_BUSY"

        await store(database, a_user())


async def test_who_gives_up_waiting_for_another_process_is_let_go(
    migrated_sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "LAST_WORD", 0.05)
    async with opened(migrated_sqlite_url) as database:
        began = time.monotonic()
        with closing(_locked(migrated_sqlite_url)):
            for _ in range(2):
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.05):
                        await store(database, a_user())
            assert time.monotonic() - began < connections.PATIENCE

        await store(database, a_user())


async def test_writers_of_this_process_do_not_wait_for_ever_either(
    migrated_sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "PATIENCE", 0.05)
    async with opened(migrated_sqlite_url) as database:
        async with a_unit(database):
            with pytest.raises(DependencyUnavailable, match="right now"):
                await store(database, a_user())

        await store(database, a_user())


async def test_what_was_acknowledged_survives_a_kill(migrated_sqlite_url: str) -> None:
    command = [sys.executable, "-c", WRITE_UNTIL_KILLED, migrated_sqlite_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:  # noqa: ASYNC220 - nothing else runs
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline()) for _ in range(20)]
        writer.kill()
        acknowledged += [int(line) for line in writer.stdout if line.endswith("\n")]

    async with opened(migrated_sqlite_url) as database:
        for number in acknowledged:
            assert (
                await database.reader(USER_READER).find_by_email(f"{number}@example.com")
                is not None
            )
    with closing(sqlite3.connect(migrated_sqlite_url.removeprefix("sqlite:///"))) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


async def test_syncs_every_commit_and_checks_references(
    migrated_sqlite_url: str,
) -> None:
    own = connections.Connections(Path(migrated_sqlite_url.removeprefix("sqlite:///")), 1)
    await own.open()
    writer = await own.take_writer()
    found = {
        pragma: (await connections.run(writer, "test", f"PRAGMA {pragma}", {}))[0][0]
        for pragma in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    }
    own.free_writer()
    await own.close()

    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
    }


def _locked(url: str) -> sqlite3.Connection:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    return connection
