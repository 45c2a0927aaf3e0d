"""Runs all checks of the doctor."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from application.doctor.configuration import Configuration, check_configuration
from application.doctor.dependencies import (
    Connection,
    check_clock,
    check_connection,
    check_migrations,
    check_server,
    measure,
)
from application.doctor.deployment import check_deployment, check_rate_limits
from application.doctor.finding import Finding
from application.doctor.keys import check_keys, check_secret
from application.doctor.machine import check_files, check_memory, check_open_files
from application.ports.clock import Clock
from application.ports.database_inspection import DatabaseFacts, DatabaseInspection
from application.ports.machine import Machine
from application.ports.signing_key_store import SigningKeyStore
from application.settings import Environment, Settings


@dataclass(frozen=True, slots=True)
class Examine: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamineHandler:
    """Runs every check; one that fails is a finding and never stops the others.

    `inspection` is None for a database adapter of another package, which is among `connections`
    then. `head` is the newest revision, `secrets` has files by name, `at_hand` the files of a
    development machine.
    """

    configuration: Configuration
    machine: Machine
    clock: Clock
    is_guessable: Callable[[bytes], bool]
    head: str = ""
    inspection: DatabaseInspection | None = None
    connections: tuple[Connection, ...] = ()
    keys: SigningKeyStore | None = None
    secrets: Mapping[str, str] = field(default_factory=dict)
    at_hand: tuple[str, ...] = ()

    async def __call__(self, _: Examine) -> tuple[Finding, ...]:
        findings = [*check_configuration(self.configuration)]
        settings = self.configuration.settings
        if settings is not None:
            others = asyncio.gather(*(check_connection(c, settings) for c in self.connections))
            findings += [*await self._database(settings), *await others]
            findings += self._at_rest(settings)
        return tuple(findings)

    async def _database(self, settings: Settings) -> list[Finding]:
        if self.inspection is None:
            return []
        before = self.clock.now()
        reached, facts = await measure("database", self.inspection.look, settings, is_required=True)
        if facts is None:
            return [reached]
        return [reached, *self._facts(facts, settings, before)]

    def _facts(
        self, facts: DatabaseFacts, settings: Settings, before: datetime
    ) -> Iterator[Finding]:
        if self.inspection is not None and self.inspection.has_schema:
            is_default = settings.database.is_default
            yield check_migrations(facts, self.head, is_default=is_default)
        yield check_clock(facts.now, before, self.clock.now())
        yield from check_server(facts, settings)

    def _at_rest(self, settings: Settings) -> Iterator[Finding]:
        in_production = settings.environment is Environment.PRODUCTION
        is_strict = in_production or settings.environment is Environment.STAGING
        files = self.inspection.files if self.inspection is not None else ()
        if settings.tokens.secret:
            yield check_secret(settings.tokens, self.is_guessable)
        yield from check_keys(self.keys, settings.tokens.access_ttl, self.clock.now())
        yield check_open_files(settings, self.machine.open_files())
        yield from check_memory(settings, self.machine.memory())
        yield check_rate_limits(settings)
        others = (*files, *self.at_hand)
        yield from check_files(self.machine, self.secrets, others, is_strict=is_strict)
        yield from check_deployment(settings, in_production=in_production)
