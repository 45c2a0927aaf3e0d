"""User and credential readers on SQLite."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from adapters.sqlite import sql
from adapters.sqlite.connections import Connections, Row, Value, run
from adapters.sqlite.rows import LAST_ID, UserViewRow, to_micros
from application.ports.credential_reader import CredentialReader, Credentials
from application.ports.user_reader import UserReader
from application.user.views import UserQuery, UserView

_FEW = 20_000
"""So many matches of a prefix are counted and sorted in some 10 ms."""

_ABOVE_ALL = "\U0010ffff"


class SqliteUserReader(UserReader):
    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def get(self, user_id: UUID) -> UserView | None:
        return await self._one("users.get", sql.GET_USER_VIEW, {"id": user_id.bytes})

    async def find_by_email(self, key: str) -> UserView | None:
        if not _can_be_key(key):
            return None
        return await self._one("users.find_by_email", sql.FIND_USER_VIEW, {"key": key})

    async def page(self, query: UserQuery) -> tuple[UserView, ...]:
        prefix = query.email_prefix or ""
        if not _can_be_key(prefix):
            return ()
        states = (True, False) if query.is_active is None else (query.is_active, query.is_active)
        values: dict[str, Value] = {
            "low": prefix,
            "high": prefix + _ABOVE_ALL,
            "before": (query.before or LAST_ID).bytes,
            "active": states[0],
            "or_active": states[1],
            "limit": query.limit,
            "most": _FEW + 1,
        }
        async with self._connections.reading() as connection:
            statement = sql.PAGE if query.is_active is None else sql.PAGE_BY_STATE
            if prefix:
                count = await run(connection, "users.page", sql.COUNT_PREFIX, values)
                statement = sql.PAGE_OF_FEW if count[0][0] <= _FEW else statement
            rows = await run(connection, "users.page", statement, values)
        return tuple(UserViewRow._make(row).view() for row in rows)

    async def _one(
        self, operation: str, statement: str, values: Mapping[str, Value]
    ) -> UserView | None:
        async with self._connections.reading() as connection:
            rows = await run(connection, operation, statement, values)
        return UserViewRow._make(rows[0]).view() if rows else None


class SqliteCredentialReader(CredentialReader):
    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def by_email(self, key: str, network: str | None, since: datetime) -> Credentials | None:
        if not _can_be_key(key):
            return None
        values: dict[str, Value] = {"key": key, "network": network, "since": to_micros(since)}
        return await self._one("credentials.by_email", sql.CREDENTIALS_BY_EMAIL, values)

    async def by_id(self, user_id: UUID) -> Credentials | None:
        values = {"id": user_id.bytes}
        return await self._one("credentials.by_id", sql.CREDENTIALS_BY_ID, values)

    async def _one(
        self, operation: str, statement: str, values: Mapping[str, Value]
    ) -> Credentials | None:
        async with self._connections.reading() as connection:
            rows = await run(connection, operation, statement, values)
        return _credentials(rows[0]) if rows else None


def _can_be_key(text: str) -> bool:
    """Whether addresses can have this comparison key: they are ASCII, with no NUL."""
    return text.isascii() and "\0" not in text


def _credentials(row: Row) -> Credentials | None:
    user_id, password_hash, is_active, *knows_network = row
    if user_id is None:
        return None
    return Credentials(
        user_id=UUID(bytes=user_id),
        password_hash=password_hash,
        is_active=bool(is_active),
        knows_network=any(knows_network),
    )
