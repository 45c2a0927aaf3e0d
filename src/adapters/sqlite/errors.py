"""Translation of SQLite errors; `codes` has the table."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from adapters.sqlite.codes import DUPLICATES, meaning_of
from application.errors import DatabaseFailure, DatabaseUnavailable
from domain.errors import DomainError

_UNIQUE: Final = "UNIQUE constraint failed: "
_OUTDATED: Final = ("no such table", "no such column")
"""What SQLite says of a schema that is older than this code; the code is that of any mistake."""


@contextmanager
def translated(operation: str) -> Iterator[None]:
    """Raise SQLite's errors as the application's; `operation` is for the log."""
    try:
        yield
    except (sqlite3.Error, ValueError, OverflowError) as error:
        raise _translate(error, operation) from error


def _translate(error: Exception, operation: str) -> DomainError:
    said = str(error)
    if isinstance(error, ValueError) and not isinstance(error, UnicodeError):
        # aiosqlite, of a connection that was closed meanwhile.
        return DatabaseUnavailable(context={"operation": operation, "detail": said})
    duplicate = DUPLICATES.get(said.removeprefix(_UNIQUE))
    if duplicate is not None:
        return duplicate()
    code: int | None = getattr(error, "sqlite_errorcode", None)
    name: str = getattr(error, "sqlite_errorname", type(error).__name__)
    if name == "unknown":  # to this version of Python
        name = f"result code {code}"
    context = {"operation": operation, "sqlite_error": name}
    if code is None:  # Raised by Python about a value, which its message may repeat.
        return DatabaseFailure(context=context)
    # SQLite's messages name tables and columns, never values.
    meaning = meaning_of(code)
    advice = meaning.advice
    if said.startswith(_OUTDATED):
        advice = "The schema is not up to date. Run `armature db upgrade`."
    context["detail"] = f"SQLite says: {said}. {advice}".strip()
    return meaning.error(context=context)
