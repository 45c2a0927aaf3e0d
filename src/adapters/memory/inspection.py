"""Fake and null inspections of a database."""

from dataclasses import dataclass, field

from application.ports.database_inspection import DatabaseFacts, DatabaseInspection
from application.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeDatabaseInspection(DatabaseInspection):
    """Gives `facts`, or raises `failure`."""

    facts: DatabaseFacts = field(default_factory=DatabaseFacts)
    failure: Exception | None = None
    has_schema: bool = False
    files: tuple[str, ...] = ()

    async def look(self) -> DatabaseFacts:
        if self.failure is not None:
            raise self.failure
        return self.facts


def create(url: str, settings: Settings) -> FakeDatabaseInspection:  # noqa: ARG001 - all factories are alike
    """Give one for `memory://`, which has neither a schema nor a server."""
    return FakeDatabaseInspection()
