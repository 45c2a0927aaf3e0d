"""Migrations of the configured database."""

from dataclasses import dataclass, field

from adapters.migrations import runner
from application.ports.migrations import Migrations


@dataclass(frozen=True, slots=True)
class ConfiguredMigrations(Migrations):
    database_url: str = field(repr=False)

    def upgrade(self, revision: str = "head") -> None:
        runner.upgrade(self.database_url, revision)

    def downgrade(self, revision: str) -> None:
        runner.downgrade(self.database_url, revision)

    def current(self) -> str | None:
        return runner.current(self.database_url)

    def head(self) -> str:
        return runner.head()
