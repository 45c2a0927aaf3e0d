"""A service that is well, and ways to make it ill."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from adapters.memory.fakes import DescribedMachine, FrozenClock
from adapters.memory.inspection import FakeDatabaseInspection
from application.doctor.configuration import Configuration
from application.doctor.examine import Examine, ExamineHandler
from application.doctor.finding import Finding
from application.settings import Settings
from tests.unit.settings import some_settings

HEALTHY = replace(
    some_settings(), rate_limits=replace(some_settings().rate_limits, url="memory://")
)
HEAD = "0004"


def with_http(**changes: Any) -> Settings:  # noqa: ANN401 - as the settings have it
    return replace(HEALTHY, http=replace(HEALTHY.http, **changes))


def with_database(**changes: Any) -> Settings:  # noqa: ANN401 - as the settings have it
    return replace(HEALTHY, database=replace(HEALTHY.database, is_default=False, **changes))


async def examined(
    settings: Settings | None = HEALTHY,
    *,
    problems: tuple[str, ...] = (),
    warnings: tuple[str, ...] = (),
    is_guessable: Callable[[bytes], bool] = lambda _: False,
    **parts: Any,  # noqa: ANN401 - as the handler has them
) -> list[Finding]:
    """Give what is found with everything in order but what is said here."""
    configuration = Configuration(settings=settings, problems=problems, warnings=warnings)
    usual = {
        "machine": DescribedMachine(),
        "clock": FrozenClock(),
        "head": HEAD,
        "inspection": FakeDatabaseInspection(),
    }
    handler = ExamineHandler(
        configuration=configuration, is_guessable=is_guessable, **{**usual, **parts}
    )
    return [*await handler(Examine())]


def about(findings: list[Finding], check: str) -> Finding:
    """Give the only finding of this name."""
    (found,) = [each for each in findings if each.check == check]
    return found
