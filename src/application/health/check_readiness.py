"""Readiness check of the dependencies."""

import asyncio
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from application.errors import DatabaseReadOnly, SchemaOutdated
from application.ports.lifecycle import HealthCheck

MIGRATIONS: Final = "migrations"
"""What a database that answers, but has not the shape that is needed, is called."""


@dataclass(frozen=True, slots=True)
class CheckReadiness: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """How one dependency is; `required` ones decide over readiness."""

    name: str
    is_up: bool
    is_required: bool
    latency: timedelta


@dataclass(frozen=True, slots=True)
class Readiness:
    checks: tuple[CheckResult, ...]

    @property
    def is_ready(self) -> bool:
        return all(check.is_up for check in self.checks if check.is_required)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReadinessHandler:
    """Ask every dependency at once; one that does not answer within `timeout` is down."""

    required: tuple[HealthCheck, ...]
    optional: tuple[HealthCheck, ...]
    timeout: timedelta = timedelta(seconds=2)

    async def __call__(self, _: CheckReadiness) -> Readiness:
        checks = [self._run(check, is_required=True) for check in self.required]
        checks += [self._run(check, is_required=False) for check in self.optional]
        return Readiness(tuple(await asyncio.gather(*checks)))

    async def _run(self, check: HealthCheck, *, is_required: bool) -> CheckResult:
        began = time.perf_counter()
        name = check.name
        try:
            async with asyncio.timeout(self.timeout.total_seconds()):
                await check.check()
            is_up = True
        except SchemaOutdated:
            name, is_up = MIGRATIONS, False
        except DatabaseReadOnly as error:
            name, is_up = error.dependency, False
        except Exception:  # noqa: BLE001 - whatever it is, the dependency is down
            is_up = False
        latency = timedelta(seconds=time.perf_counter() - began)
        return CheckResult(name=name, is_up=is_up, is_required=is_required, latency=latency)
