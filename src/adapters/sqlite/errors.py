"""Errors of SQLite: result codes and what each means to the application.

https://sqlite.org/rescode.html
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final, NamedTuple

from adapters.sql.repositories import DUPLICATES
from application.errors import (
    ConcurrentUpdate,
    DatabaseBusy,
    DatabaseFailure,
    DatabaseReadOnly,
    DatabaseUnavailable,
    DuplicateKey,
    OperationTimedOut,
)
from domain.errors import DomainError

PRIMARY: Final = 0xFF
"""The low byte of an extended code is the code that it refines."""

RESTORE: Final = "The file is damaged, or no SQLite database. Restore it from a backup."


class Meaning(NamedTuple):
    """An error of the catalogue, why it is that one, and what an operator is told to do."""

    error: type[DomainError]
    why: str
    advice: str = ""


UNKNOWN: Final = Meaning(DatabaseFailure, "nobody foresaw it, so somebody has to look into it")

MEANINGS: Final[Mapping[int, Meaning]] = {
    sqlite3.SQLITE_CONSTRAINT_UNIQUE: Meaning(DuplicateKey, "somebody else was first"),
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY: Meaning(DuplicateKey, "somebody else was first"),
    sqlite3.SQLITE_CONSTRAINT: Meaning(DatabaseFailure, "the domain let a bad value pass"),
    sqlite3.SQLITE_BUSY_SNAPSHOT: Meaning(ConcurrentUpdate, "runs well when run again"),
    sqlite3.SQLITE_BUSY: Meaning(DatabaseBusy, "another process writes for too long"),
    sqlite3.SQLITE_LOCKED: Meaning(DatabaseBusy, "another connection of ours is at it"),
    sqlite3.SQLITE_PROTOCOL: Meaning(DatabaseUnavailable, "a race for the log was lost often"),
    sqlite3.SQLITE_INTERRUPT: Meaning(OperationTimedOut, "we ended it, at the call's deadline"),
    sqlite3.SQLITE_FULL: Meaning(DatabaseReadOnly, "the disk, or a quota, is full"),
    sqlite3.SQLITE_IOERR: Meaning(DatabaseUnavailable, "the disk, or its system, failed"),
    sqlite3.SQLITE_NOMEM: Meaning(DatabaseUnavailable, "memory is used up"),
    sqlite3.SQLITE_READONLY: Meaning(DatabaseReadOnly, "reads still work, until it is mended"),
    sqlite3.SQLITE_PERM: Meaning(DatabaseUnavailable, "the operator has to let us in"),
    sqlite3.SQLITE_CANTOPEN: Meaning(DatabaseUnavailable, "the operator has to let us in"),
    sqlite3.SQLITE_CORRUPT: Meaning(DatabaseFailure, "found on its disk", RESTORE),
    sqlite3.SQLITE_NOTADB: Meaning(DatabaseFailure, "found on its disk", RESTORE),
}
"""By extended code, or by the code that it refines; the extended one comes first."""


def meaning_of(code: int) -> Meaning:
    return MEANINGS.get(code) or MEANINGS.get(code & PRIMARY) or UNKNOWN


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
    duplicate = DUPLICATES.get(said.removeprefix(_UNIQUE).replace(".", "_"))
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
