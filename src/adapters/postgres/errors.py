"""Translation of PostgreSQL errors; `sqlstates` has the table."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg

from adapters.postgres.sqlstates import DUPLICATES, meaning_of
from application.errors import DatabaseFailure, DatabaseUnavailable
from domain.errors import DomainError

_QUOTING: Final = ("22", "P0")
"""Data exceptions, and what triggers raise: their messages repeat values. Those of others have
them in DETAIL alone."""


@contextmanager
def translated(operation: str) -> Iterator[None]:
    """Raise psycopg's errors as the application's; `operation` is for the log."""
    try:
        yield
    except (psycopg.Error, UnicodeError) as error:
        raise _translate(error, operation) from error


def _translate(error: psycopg.Error | UnicodeError, operation: str) -> DomainError:
    context: dict[str, object] = {"operation": operation, "error": type(error).__name__}
    if isinstance(error, UnicodeError):  # A lone surrogate, which its message would repeat.
        return DatabaseFailure(context=context)
    sqlstate = error.sqlstate
    if sqlstate is None:
        return _without_sqlstate(error, context)
    detail = _strip_values(error, sqlstate)
    constraint, table = error.diag.constraint_name, error.diag.table_name
    duplicate = DUPLICATES.get(constraint or "")
    if duplicate is not None and isinstance(error, psycopg.errors.UniqueViolation):
        return duplicate()
    meaning = meaning_of(sqlstate)
    named = {"sqlstate": sqlstate, "constraint": constraint, "table": table}
    context |= {name: value for name, value in named.items() if value}
    context["detail"] = f"{detail}. {meaning.advice}".strip()
    return meaning.error(context=context)


def _strip_values(error: psycopg.Error, sqlstate: str) -> str:
    """Give what may be known of the error, and leave no more than that in the error itself.

    Its DETAIL quotes whole rows, addresses and password hashes among them, and whoever prints
    the traceback of what is raised from it would print that.
    """
    said = error.diag.message_primary or ""
    if not said or sqlstate.startswith(_QUOTING):
        said = type(error).__name__
    error.args = (f"{said} (SQLSTATE {sqlstate})",)
    return said


def _without_sqlstate(error: psycopg.Error, context: dict[str, object]) -> DomainError:
    """No answer of the server: the client, or the pool, could not do its part."""
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return DatabaseUnavailable(context={**context, "detail": str(error)})
    return DatabaseFailure(context=context)
