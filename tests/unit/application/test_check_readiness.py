from dataclasses import dataclass

from application.errors import DatabaseReadOnly, DatabaseUnavailable, SchemaOutdated
from application.health.check_readiness import CheckReadiness, CheckReadinessHandler
from application.ports.lifecycle import HealthCheck


@dataclass(frozen=True)
class Told(HealthCheck):
    """Raises `error`, if it was given one."""

    error: Exception | None = None
    name: str = "database"

    async def check(self) -> None:
        if self.error is not None:
            raise self.error


async def checked(error: Exception | None) -> tuple[bool, str, bool]:
    handler = CheckReadinessHandler(required=(Told(error),), optional=())
    readiness = await handler(CheckReadiness())
    (check,) = readiness.checks
    return readiness.is_ready, check.name, check.is_up


async def test_a_database_that_answers_is_up() -> None:
    assert await checked(None) == (True, "database", True)


async def test_a_database_that_is_away_is_down() -> None:
    assert await checked(DatabaseUnavailable()) == (False, "database", False)


async def test_what_is_not_migrated_is_called_so() -> None:
    assert await checked(SchemaOutdated()) == (False, "migrations", False)


async def test_one_that_takes_no_writes_is_called_so() -> None:
    assert await checked(DatabaseReadOnly()) == (False, "database writes", False)
