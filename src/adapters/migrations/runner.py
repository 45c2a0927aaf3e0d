"""Migration runner: one history for both engines.

Raises DependencyUnavailable, DatabaseFailure, InvalidInput for a revision that does not exist,
and InvalidSettings for a URL that has no schema; what an operator should know is `detail` in the
error's context.
"""

import logging
from contextlib import AbstractContextManager, suppress
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, Protocol

from adapters.migrations.errors import translated
from adapters.migrations.revisions import FOLDER, all_revisions, check_target, pending_after
from application.errors import DatabaseFailure
from application.invalid_settings import InvalidSettings
from application.schema import OLD_VERSION_TABLE, VERSION_TABLE, FoundSchema, conflict_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

logger: Final = logging.getLogger("armature.migrations")


_MOVE: Final = (
    # As Alembic makes it.
    """
CREATE TABLE armature_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT armature_version_pkc PRIMARY KEY (version_num)
)
""",
    "INSERT INTO armature_version SELECT version_num FROM alembic_version",
    "DROP TABLE alembic_version",
    "CREATE VIEW alembic_version AS SELECT version_num FROM armature_version",
)


class Engine(Protocol):
    """What the module of an engine has."""

    def look(self, url: str, /) -> FoundSchema: ...

    def locked(self, url: str, /) -> "AbstractContextManager[Connection]": ...


def upgrade(database_url: str, revision: str = "head") -> None:
    """Go up to `revision`; any number of processes may do it at once, and all succeed."""
    check_target(revision)
    found = look(database_url)
    at = found.revision
    if not found.is_old and (not pending_after(at) or at == revision):
        return
    if at is None and revision == "head":
        with translated(database_url):
            if _is_made_fresh(database_url):
                logger.info("nothing -> %s at once: the file was empty", head())
                return
    _run("upgrade", database_url, revision)


def downgrade(database_url: str, revision: str) -> None:
    """Go down to `revision`; `base` leaves no table of ours, and no data."""
    check_target(revision)
    look(database_url)
    _run("downgrade", database_url, revision)


def look(database_url: str) -> FoundSchema:
    """Give the schema that there is; raises DatabaseFailure for one that is not ours to change."""
    for _ in range(2):
        # Tables and version are read one after the other: a migration may end in between.
        with suppress(DatabaseFailure):
            return _look(database_url)
    return _look(database_url)


def _look(database_url: str) -> FoundSchema:
    with translated(database_url):
        found = _engine_of(database_url).look(database_url)
    if conflict := conflict_of(found):
        raise DatabaseFailure(context={"operation": "migrate", "detail": conflict})
    return found


def current(database_url: str) -> str | None:
    """Give the database's revision, None when it has none."""
    return look(database_url).revision


def head() -> str:
    """Give the newest revision there is."""
    return all_revisions()[-1]


def check(database_url: str) -> tuple[str, ...]:
    """Give the revisions that the database lacks, the oldest first; none when it is up to date.

    One whose version is still in OLD_VERSION_TABLE lacks VERSION_TABLE at least.
    """
    found = look(database_url)
    pending = pending_after(found.revision)
    return (VERSION_TABLE, *pending) if found.is_old else pending


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
    engine = _engine_of(database_url)
    with translated(database_url), engine.locked(database_url) as connection:
        # Again, under the lock: another process may have been at it meanwhile.
        if engine.look(database_url).is_old:
            _move_version(connection)
        run_steps(direction, connection, revision)


def _move_version(connection: "Connection") -> None:
    """Move our version out of the table that any application with Alembic may have.

    A view of the old name stays for replicas of the release before, which look there.
    """
    for statement in _MOVE:
        connection.exec_driver_sql(statement)
    logger.info("moved the version from %s to %s", OLD_VERSION_TABLE, VERSION_TABLE)


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
