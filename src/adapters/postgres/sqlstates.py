"""Table of SQLSTATEs and what each means to the application.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

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

DUPLICATES: Final[Mapping[str, type[DomainError]]] = {"users_email_key": UserAlreadyExists}
"""What it means to be there twice, by the name of the constraint; else it is DuplicateKey."""

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
