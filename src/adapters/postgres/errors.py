"""Errors of PostgreSQL: SQLSTATEs and what each means to the application.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final, NamedTuple

import psycopg

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

UNDEFINED_TABLE: Final = "42P01"
READ_ONLY: Final = "25006"
MIGRATE: Final = "The schema is not up to date. Run `armature db upgrade`."
UNPREPARED: Final = "Behind PgBouncer before 1.21 set DATABASE_PREPARE_THRESHOLD=0."
RESTORE: Final = "The database is damaged. Restore it from a backup."


class Meaning(NamedTuple):
    """An error of the catalogue, why it is that one, and what an operator is told to do.

    `retires` is whether the connection is closed, since it would refuse whoever is next too.
    """

    error: type[DomainError]
    why: str
    advice: str = ""
    retires: bool = False


UNKNOWN: Final = Meaning(DatabaseFailure, "nobody foresaw it, so somebody has to look into it")

# A violated constraint is our bug but for uniqueness, which callers race for: the domain checks
# values, and tells the fields of bad ones, before they come here.
MEANINGS: Final[Mapping[str, Meaning]] = {
    "23505": Meaning(DuplicateKey, "unique_violation: somebody else was first"),
    "23503": Meaning(DatabaseFailure, "foreign_key_violation: rows were stored out of order"),
    "23502": Meaning(
        DatabaseFailure, "not_null_violation: the domain let nothing pass for a value"
    ),
    "23514": Meaning(DatabaseFailure, "check_violation: the domain let a bad value pass"),
    "22": Meaning(DatabaseFailure, "data exceptions: the domain let a bad value pass"),
    "22001": Meaning(
        DatabaseFailure, "string_data_right_truncation: longer than the domain allows"
    ),
    "22003": Meaning(DatabaseFailure, "numeric_value_out_of_range: a count that ran over"),
    "22P02": Meaning(DatabaseFailure, "invalid_text_representation: a type was mistaken"),
    "40001": Meaning(ConcurrentUpdate, "serialization_failure: runs well when run again"),
    "40P01": Meaning(ConcurrentUpdate, "deadlock_detected: runs well when run again"),
    "55P03": Meaning(DatabaseBusy, "lock_not_available: its holder is slow, or hangs"),
    "57014": Meaning(OperationTimedOut, "query_canceled: statement_timeout, the call's deadline"),
    "25P03": Meaning(
        DatabaseUnavailable, "idle_in_transaction_session_timeout: we stood still", retires=True
    ),
    "25P04": Meaning(
        OperationTimedOut,
        "transaction_timeout: the call's deadline, or an operator's limit; ends the session",
        retires=True,
    ),
    "57": Meaning(
        DatabaseUnavailable, "operator intervention: it stops, starts, or ended us", retires=True
    ),
    "57P01": Meaning(DatabaseUnavailable, "admin_shutdown: a restart, or a failover", retires=True),
    "57P05": Meaning(DatabaseUnavailable, "idle_session_timeout: ended while idle", retires=True),
    "53": Meaning(DatabaseUnavailable, "insufficient resources: memory is used up"),
    "53100": Meaning(DatabaseReadOnly, "disk_full: reads still work"),
    "53300": Meaning(
        DatabaseUnavailable, "too_many_connections: passes when others leave", retires=True
    ),
    READ_ONLY: Meaning(
        DatabaseReadOnly, "read_only_sql_transaction: a standby, or an operator's", retires=True
    ),
    "08": Meaning(DatabaseUnavailable, "connection exceptions", retires=True),
    "28": Meaning(
        DatabaseUnavailable, "this login is not let in; a caller cannot mend it", retires=True
    ),
    "3D": Meaning(
        DatabaseUnavailable, "this database does not exist; a caller cannot mend it", retires=True
    ),
    "58": Meaning(DatabaseUnavailable, "its disk or its system failed"),
    "0A000": Meaning(
        DatabaseFailure, "feature_not_supported: a cached plan of an older schema", retires=True
    ),
    "26000": Meaning(
        DatabaseFailure, "invalid_sql_statement_name: prepared elsewhere", UNPREPARED, retires=True
    ),
    "42P05": Meaning(
        DatabaseFailure, "duplicate_prepared_statement: prepared before", UNPREPARED, retires=True
    ),
    UNDEFINED_TABLE: Meaning(DatabaseFailure, "undefined_table: older than this code", MIGRATE),
    "42703": Meaning(DatabaseFailure, "undefined_column: older than this code", MIGRATE),
    "XX001": Meaning(DatabaseFailure, "data_corrupted: found on its disk", RESTORE),
    "XX002": Meaning(DatabaseFailure, "index_corrupted: found on its disk", RESTORE),
}
"""By SQLSTATE, or by its first two characters for a class; a whole SQLSTATE comes first."""


def meaning_of(sqlstate: str) -> Meaning:
    return MEANINGS.get(sqlstate) or MEANINGS.get(sqlstate[:2]) or UNKNOWN


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
