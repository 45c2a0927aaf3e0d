"""Migration errors, for the operator who runs them."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from application.errors import DatabaseFailure, DependencyUnavailable
from domain.errors import DomainError

_PRIMARY = 0xFF
_SQLITE_OUT_OF_REACH = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
}
_POSTGRES_OUT_OF_REACH = ("08", "25006", "25P03", "28", "3D", "40", "53", "55P03", "57", "58")


_SQLITE_ADVICE = {
    sqlite3.SQLITE_CANTOPEN: "It has to be a file, in a folder that this process may use.",
    sqlite3.SQLITE_READONLY: "This process has to write to the file, and into its folder.",
    sqlite3.SQLITE_CORRUPT: "Restore it from a backup.",
    sqlite3.SQLITE_NOTADB: "It is damaged, or no SQLite database. Restore it from a backup.",
}


@contextmanager
def translated(database_url: str) -> Iterator[None]:
    """Raise a driver's, SQLAlchemy's or Alembic's error as one of the application's."""
    try:
        yield
    except DomainError:
        raise
    except Exception as error:
        cause = getattr(error, "orig", None) or error
        if not _is_ours(cause):
            raise
        kind = DependencyUnavailable if _is_out_of_reach(cause) else DatabaseFailure
        raise kind(
            context={"operation": "migrate", "detail": _detail(cause, database_url)}
        ) from error


def _is_ours(error: BaseException) -> bool:
    """Whether the error comes from a library below; anything else is a bug of a migration."""
    package = type(error).__module__.partition(".")[0]
    return package in {"alembic", "sqlalchemy", "psycopg", "sqlite3"}


def _is_out_of_reach(error: BaseException) -> bool:
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & _PRIMARY in _SQLITE_OUT_OF_REACH
    if type(error).__module__.startswith("psycopg"):
        sqlstate: str | None = getattr(error, "sqlstate", None)
        return sqlstate is None or sqlstate.startswith(_POSTGRES_OUT_OF_REACH)
    return False


def _detail(error: BaseException, database_url: str) -> str:
    """Give the driver's own words; of PostgreSQL's without the line that has the values."""
    if isinstance(error, sqlite3.Error):
        advice = _SQLITE_ADVICE.get(getattr(error, "sqlite_errorcode", 0) & _PRIMARY, "")
        return f"{database_url.removeprefix('sqlite:///')}: {error}. {advice}".strip()
    diagnosis = getattr(error, "diag", None)
    said: str = getattr(diagnosis, "message_primary", None) or str(error)
    return said.strip()
