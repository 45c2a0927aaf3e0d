"""Brings a database's schema to a revision; one history for both engines.

Raises DependencyUnavailable, DatabaseFailure, InvalidInput for a revision that does not exist,
and InvalidSettings for a URL that has no schema; what an operator should know is `detail` in the
error's context.
"""

import logging
from contextlib import AbstractContextManager
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, Protocol

from adapters.migrations.errors import translated
from adapters.migrations.revisions import FOLDER, all_revisions, check_target, pending_after
from application.invalid_settings import InvalidSettings

if TYPE_CHECKING:
    from sqlalchemy import Connection

logger: Final = logging.getLogger("armature.migrations")


class Engine(Protocol):
    """What the module of an engine has."""

    def current(self, url: str, /) -> str | None: ...

    def locked(self, url: str, /) -> "AbstractContextManager[Connection]": ...


def upgrade(database_url: str, revision: str = "head") -> None:
    """Go up to `revision`; any number of processes may do it at once, and all succeed."""
    engine = _engine_of(database_url)
    check_target(revision)
    with translated(database_url):
        found = engine.current(database_url)
        if not pending_after(found) or found == revision:
            return
        if found is None and revision == "head" and _is_made_fresh(database_url):
            logger.info("nothing -> %s at once: the file was empty", head())
            return
    _run("upgrade", database_url, revision)


def downgrade(database_url: str, revision: str) -> None:
    """Go down to `revision`; `base` leaves no table of ours, and no data."""
    check_target(revision)
    _run("downgrade", database_url, revision)


def current(database_url: str) -> str | None:
    """Give the database's revision, None when it has none."""
    with translated(database_url):
        return _engine_of(database_url).current(database_url)


def head() -> str:
    """Give the newest revision there is."""
    return all_revisions()[-1]


def check(database_url: str) -> tuple[str, ...]:
    """Give the revisions that the database lacks, the oldest first; none when it is up to date."""
    return pending_after(current(database_url))


def snapshot() -> str:
    """Give what belongs into `sqlite_schema.sql`: the schema that the migrations make."""
    from adapters.migrations import sqlite  # noqa: PLC0415 - for this alone

    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/snapshot.db"
        _run("upgrade", url, "head")
        return sqlite.snapshot(url)


def run_steps(direction: str, connection: "Connection", revision: str) -> None:
    """Run Alembic's steps in the transaction that the connection is in."""
    from alembic import command  # noqa: PLC0415 - takes its time
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    {"upgrade": command.upgrade, "downgrade": command.downgrade}[direction](config, revision)


def _run(direction: str, database_url: str, revision: str) -> None:
    with translated(database_url), _engine_of(database_url).locked(database_url) as connection:
        run_steps(direction, connection, revision)


def _is_made_fresh(database_url: str) -> bool:
    from adapters.migrations import sqlite  # noqa: PLC0415 - not needed for PostgreSQL

    return database_url.startswith("sqlite:") and sqlite.make_fresh(database_url)


def _engine_of(database_url: str) -> Engine:
    scheme = database_url.partition(":")[0]
    if scheme == "sqlite":
        from adapters.migrations import sqlite  # noqa: PLC0415 - one engine loads without the other

        return sqlite
    if scheme in {"postgresql", "postgres"}:
        from adapters.migrations import postgres  # noqa: PLC0415 - as above

        return postgres
    problem = "DATABASE_URL: migrations know sqlite:/// and postgresql:// addresses."
    if scheme == "memory":
        problem = "DATABASE_URL: memory:// has no schema, so there is nothing to migrate."
    raise InvalidSettings((problem,))
