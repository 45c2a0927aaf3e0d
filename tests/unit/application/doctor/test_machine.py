from dataclasses import replace

import pytest

from adapters.memory.fakes import DescribedMachine
from adapters.memory.inspection import FakeDatabaseInspection
from application.doctor.finding import State
from application.ports.machine import Access
from application.settings import Environment
from tests.unit.application.doctor.patient import (
    HEALTHY,
    about,
    examined,
)


@pytest.mark.parametrize(
    ("files", "state"),
    [(None, State.OK), (4352, State.OK), (2048, State.HINT), (1024, State.WARNING)],
)
async def test_callers_need_open_files(files: int | None, state: State) -> None:
    found = about(await examined(machine=DescribedMachine(files=files)), "open files")

    assert found.state is state


@pytest.mark.parametrize(
    ("mebibytes", "state"), [(228, State.OK), (227, State.WARNING), (113, State.ERROR)]
)
async def test_hashing_should_leave_half_of_the_memory(mebibytes: int, state: State) -> None:
    machine = DescribedMachine(bytes=mebibytes * 1024 * 1024)

    found = about(await examined(machine=machine), "memory")

    # Two threads, and a lane for foreign hashes that takes four times the memory of one.
    assert (found.state, "114 MiB" in found.found, "76 MiB for" in found.found) == (
        *(state, True, True),
    )


async def test_rate_limits_should_be_on() -> None:
    settings = replace(HEALTHY, rate_limits=replace(HEALTHY.rate_limits, url="none://"))

    assert about(await examined(settings), "rate limits").state is State.WARNING


@pytest.mark.parametrize(
    ("access", "state"),
    [
        (Access(), State.OK),
        (Access(others_read=True), State.WARNING),
        (Access(others_write=True), State.WARNING),
    ],
)
async def test_files_of_secrets_are_for_their_owner(access: Access, state: State) -> None:
    machine = DescribedMachine(paths={"the secret itself": access})

    findings = await examined(machine=machine, secrets={"JWT_SECRET_FILE": "the secret itself"})

    found = about(findings, "file permissions")
    assert found.state is state
    assert "the secret itself" not in found.found + found.advice


async def test_a_folder_may_be_read_but_a_database_file_should_not() -> None:
    paths = {"/d": Access(is_folder=True, others_read=True), "/d/x.db": Access(others_read=True)}
    told = FakeDatabaseInspection(files=("/d/x.db", "/d/x.db-wal", "/d"))

    findings = await examined(machine=DescribedMachine(paths=paths), inspection=told)

    found = about(findings, "file permissions")
    assert (found.state, "/d/x.db" in found.found) == (State.HINT, True)


@pytest.mark.parametrize(
    ("environment", "state"),
    [(Environment.DEVELOPMENT, State.HINT), (Environment.STAGING, State.WARNING)],
)
async def test_secrets_at_hand_are_for_their_owner_too(
    environment: Environment, state: State
) -> None:
    machine = DescribedMachine(paths={".env": Access(others_read=True)})
    settings = replace(HEALTHY, environment=environment)

    found = about(await examined(settings, machine=machine, at_hand=(".env",)), "file permissions")

    assert (found.state, ".env" in found.found) == (state, True)
