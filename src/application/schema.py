"""The database schema as its version table and its tables show it, and what is wrong with it.

Every adapter that looks at a schema reads a `FoundSchema` and has `problem_of` judge it: at start,
for readiness, for `db` commands and for the doctor.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

UPGRADE: Final = "Run `armature db upgrade`."

VERSION_TABLE: Final = "armature_version"
"""Ours alone: `alembic_version`, Alembic's default, may be that of another application."""

OLD_VERSION_TABLE: Final = "alembic_version"
"""What releases up to revision 0003 used."""

ENCODING: Final = "UTF8"
"""What a server's database has to be encoded in, as PostgreSQL calls it."""

TABLES: Final[Mapping[str, str]] = {
    "users": "0001",
    "sessions": "0001",
    "refresh_tokens": "0001",
    "idempotency_records": "0002",
    "audit_entries": "0003",
}
"""Every table of ours, by the revision that made it."""

_OLD_COLUMNS: Final[Mapping[str, frozenset[str]]] = {
    table: frozenset(columns.split())
    for table, columns in {
        "users": "id email email_key name bio website password_hash roles is_active created_at"
        " updated_at closed_at",
        "sessions": "id user_id created_at last_used_at expires_at ended_at end_reason generation"
        " siblings client_address user_agent",
        "refresh_tokens": "digest session_id generation issued_at expires_at",
        "idempotency_records": "digest fingerprint user_id expires_at",
        "audit_entries": "id occurred_at type actor_id operator user_id client_address user_agent"
        " request_id details",
    }.items()
}
"""What the tables had while OLD_VERSION_TABLE was in use: that history does not change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSchema:
    """`tables` are the columns of each table in reach, by its name.

    `version` is what VERSION_TABLE says, `old_version` what OLD_VERSION_TABLE does; None where the
    table or its row is missing.
    """

    version: str | None = None
    old_version: str | None = None
    tables: Mapping[str, Collection[str]] = field(default_factory=dict)

    @property
    def revision(self) -> str | None:
        """The revision that our tables are at, whichever table says so; None before the first."""
        if VERSION_TABLE in self.tables:
            return self.version
        return self.old_version if self.is_old else None

    @property
    def is_old(self) -> bool:
        """Whether an older release of ours made it, and its version is to be moved."""
        made = [table for table, since in TABLES.items() if since <= (self.old_version or "")]
        return (
            VERSION_TABLE not in self.tables
            and self.old_version in TABLES.values()
            and all(_OLD_COLUMNS[table] <= {*self.tables.get(table, ())} for table in made)
        )


def problem_of(found: FoundSchema, needed: str) -> str | None:
    """Give a sentence about what keeps us from using the schema, which needs revision `needed`.

    A newer one is fine: while a release rolls out, its migration runs before the old replicas end.
    Revisions are numbers of four digits, so they compare as text.
    """
    if conflict := conflict_of(found):
        return conflict
    if found.version is None and found.old_version is not None:
        whose = "an older release" if found.is_old else "another application"
        return (
            f"The database has no {VERSION_TABLE}; its {OLD_VERSION_TABLE}, at"
            f" {found.old_version}, is that of {whose}. {UPGRADE}"
        )
    if found.version is None or found.version < needed:
        return f"The schema is at {found.version or 'no revision'}, {needed} is needed. {UPGRADE}"
    return None


def conflict_of(found: FoundSchema) -> str | None:
    """Give a sentence about tables that no migration may touch; None when there are none."""
    if found.version is not None:
        missing = [
            table
            for table, since in TABLES.items()
            if since <= found.version and table not in found.tables
        ]
        if not missing:
            return None
        return (
            f"{VERSION_TABLE} is at {found.version}, but there is no table {_listed(missing)}."
            f" Restore the database from a backup, or drop {VERSION_TABLE} and what is left of"
            " its tables, and run `armature db upgrade`."
        )
    taken = [] if found.is_old else [table for table in TABLES if table in found.tables]
    if not taken:
        return None
    also = f", and {OLD_VERSION_TABLE} at {found.old_version}" if found.old_version else ""
    return (
        f"The database has a table {_listed(taken)} that Armature did not make{also}."
        " Give Armature a database of its own."
    )


def encoding_problem(found: str) -> str | None:
    """Give a sentence about a database whose encoding cannot hold every name."""
    if found == ENCODING:
        return None
    return (
        f"The database is encoded in {found}, and has to be in {ENCODING}: make one with"
        f" CREATE DATABASE name TEMPLATE template0 ENCODING '{ENCODING}'."
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
