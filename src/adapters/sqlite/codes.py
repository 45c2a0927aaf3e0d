"""Table of SQLite result codes and what each means to the application (https://sqlite.org/rescode.html)."""

import sqlite3
from collections.abc import Mapping
from typing import Final, NamedTuple

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
from domain.user.errors import UserAlreadyExists

DUPLICATES: Final[Mapping[str, type[DomainError]]] = {"users.email_key": UserAlreadyExists}
"""What it means to be there twice, by the column; else it is DuplicateKey."""

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
