import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.memory.fakes import DescribedMachine, FrozenClock, MemorySigningKeys
from adapters.memory.inspection import FakeDatabaseInspection
from application.doctor import dependencies
from application.doctor.dependencies import Connection
from application.doctor.finding import State, worst
from application.errors import DatabaseFailure, DatabaseUnavailable, DependencyUnavailable
from application.ports.database_inspection import DatabaseFacts
from application.schema import TABLES, VERSION_TABLE, FoundSchema
from domain.errors import Category
from domain.signing.key import Algorithm
from domain.signing.key_set import KeySet
from tests.unit.application.doctor.patient import (
    HEAD,
    HEALTHY,
    about,
    examined,
    with_database,
    with_http,
)

NOW = FrozenClock().now()


def inspection(**facts: object) -> FakeDatabaseInspection:
    found = DatabaseFacts(**{"schema": schema(HEAD), **facts})  # type: ignore[arg-type] # as each test says
    return FakeDatabaseInspection(facts=found, has_schema=True)


def schema(version: str | None) -> FoundSchema:
    """Give one that is whole as of a revision."""
    made = [table for table, since in TABLES.items() if since <= (version or "")]
    names = [VERSION_TABLE, *made] if version else []
    return FoundSchema(version=version, tables=dict.fromkeys(names, ()))


async def test_a_healthy_service_has_no_warning() -> None:
    findings = await examined(machine=DescribedMachine(files=20_000, bytes=8e9))

    assert worst(findings) is State.HINT
    assert {each.check for each in findings if each.state is State.HINT} == {"signing keys"}


async def test_every_problem_and_warning_of_the_configuration_is_told() -> None:
    findings = await examined(
        None,
        problems=("HTTP_PORT: use a number.", "broken"),
        warnings=("CACHE_URL: not shared.", "JWT_KEYS: keys.json is there."),
    )

    assert [(each.check, each.state) for each in findings] == [
        ("configuration HTTP_PORT", State.ERROR),
        ("configuration", State.ERROR),
        ("configuration CACHE_URL", State.WARNING),
        ("configuration JWT_KEYS", State.WARNING),
        ("configuration", State.HINT),
    ]
    assert findings[0].advice == "Use a number."
    assert findings[3].found == "keys.json is there."


@pytest.mark.parametrize(
    ("failure", "said", "category"),
    [
        (DatabaseUnavailable(context={"detail": "no\n  route"}), "no route", Category.UNAVAILABLE),
        (DatabaseUnavailable(context={"reason": "TimeoutError"}), "in time.", Category.UNAVAILABLE),
        (DatabaseFailure(context={"detail": "damaged"}), "damaged", Category.INTERNAL),
        (LookupError("hunter2"), "LookupError", Category.UNAVAILABLE),
    ],
)
async def test_a_database_that_fails_is_an_error_without_secrets(
    failure: Exception, said: str, category: Category
) -> None:
    found = about(await examined(inspection=FakeDatabaseInspection(failure=failure)), "database")

    assert (found.state, found.category) == (State.ERROR, category)
    assert said in found.found
    assert "hunter2" not in found.found


async def test_connections_are_tried_together_and_each_for_a_bounded_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dependencies, "TIMEOUT", 0.05)
    both = asyncio.Barrier(2)

    async def meet_and_hang() -> None:
        await both.wait()
        await asyncio.Event().wait()

    async def fail() -> None:
        raise DependencyUnavailable(context={"reason": "ConnectionError"})

    findings = await examined(
        connections=(
            Connection(name="cache", ask=meet_and_hang),
            Connection(name="rate limiter", ask=meet_and_hang),
            Connection(name="breach check", ask=fail),
        )
    )

    assert both.n_waiting == 0
    assert not both.broken
    cache, limiter, breaches = (
        about(findings, name) for name in ("cache", "rate limiter", "breach check")
    )
    assert cache.state is limiter.state is breaches.state is State.WARNING
    assert "within" in cache.found
    assert "ConnectionError" in breaches.found


async def test_the_advice_names_the_variable_that_was_set() -> None:
    async def fail() -> None:
        raise DependencyUnavailable(context={"reason": "ConnectionError"})

    settings = replace(HEALTHY, inherited={"CACHE_URL": "REDIS_URL"})

    findings = await examined(settings, connections=(Connection(name="cache", ask=fail),))

    assert "REDIS_URL is right" in about(findings, "cache").advice


@pytest.mark.parametrize(
    ("revision", "is_default", "state"),
    [
        (HEAD, False, State.OK),
        (None, False, State.ERROR),
        ("0001", False, State.ERROR),
        ("0001", True, State.HINT),
        ("0009", False, State.HINT),
    ],
)
async def test_the_database_should_be_at_the_newest_revision(
    revision: str | None, is_default: bool, state: State
) -> None:
    settings = replace(with_database(), database=replace(HEALTHY.database, is_default=is_default))

    findings = await examined(settings, inspection=inspection(schema=schema(revision)))

    found = about(findings, "migrations")
    assert found.state is state
    assert found.category is Category.CONFLICT or state is not State.ERROR


@pytest.mark.parametrize(
    ("drift", "state"), [(-6, State.WARNING), (-5, State.OK), (5, State.OK), (6, State.WARNING)]
)
async def test_two_clocks_may_differ_by_five_seconds(drift: int, state: State) -> None:
    findings = await examined(inspection=inspection(now=NOW + timedelta(seconds=drift)))

    assert about(findings, "clock").state is state


@pytest.mark.parametrize(
    ("workers", "state"), [(1, State.OK), (6, State.WARNING), (10, State.ERROR)]
)
async def test_pools_should_fit_into_what_the_server_takes(workers: int, state: State) -> None:
    findings = await examined(with_http(workers=workers), inspection=inspection(connections=97))

    assert about(findings, "pool size").state is state


async def test_a_standby_cannot_be_the_database() -> None:
    findings = await examined(inspection=inspection(takes_writes=False))

    assert about(findings, "database writes").state is State.ERROR


@pytest.mark.parametrize(
    ("host", "is_encrypted", "is_told"),
    [("db.example", False, True), ("db.example", True, False), ("127.0.0.1", False, False)],
)
async def test_rows_should_not_cross_a_network_in_plain_text(
    host: str, is_encrypted: bool, is_told: bool
) -> None:
    settings = with_database(url=f"postgresql://u:p@{host}:5432/x")

    findings = await examined(settings, inspection=inspection(is_encrypted=is_encrypted))

    assert ("database encryption" in [each.check for each in findings]) is is_told


async def test_a_secret_that_can_be_guessed_is_a_warning() -> None:
    found = about(await examined(is_guessable=lambda _: True), "JWT_SECRET")

    assert found.state is State.WARNING
    assert HEALTHY.tokens.secret.decode("latin-1") not in found.found


@pytest.mark.parametrize(("days", "state"), [(1, State.OK), (181, State.WARNING)])
async def test_an_old_signing_key_should_be_rotated(days: int, state: State) -> None:
    keys = MemorySigningKeys()
    old = replace(keys.make(Algorithm.EDDSA), promoted_at=NOW - timedelta(days=days))
    keys.create(KeySet((old,)))

    findings = await examined(keys=keys)

    assert about(findings, "signing keys").state is state
    assert about(findings, "next key").state is State.HINT


async def test_keys_of_unknown_age_and_next_ones_are_told() -> None:
    keys = MemorySigningKeys()
    new = replace(keys.make(Algorithm.EDDSA), added_at=datetime(2026, 1, 1, tzinfo=UTC))
    keys.create(KeySet((keys.make(Algorithm.ES256), new)))

    findings = await examined(keys=keys)

    assert about(findings, "signing keys").state is State.HINT
    assert about(findings, "next key").state is State.OK


async def test_keys_that_cannot_be_read_are_an_error() -> None:
    found = about(await examined(keys=MemorySigningKeys()), "signing keys")

    assert (found.state, found.found) == (State.ERROR, "there are no keys yet.")
