"""User and credential readers on PostgreSQL."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from adapters.postgres import sql
from adapters.postgres.connection import Value
from adapters.postgres.connections import Connections
from adapters.postgres.rows import LAST_ID, UserViewRow
from application.ports.credential_reader import CredentialReader, Credentials
from application.ports.user_reader import UserReader
from application.user.views import UserQuery, UserView

T = TypeVar("T")

_FEW = 20_000
"""So many matches of a prefix are counted and sorted in some 20 ms."""

_ABOVE_ALL = "\U0010ffff"


class PostgresUserReader(UserReader):
    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def get(self, user_id: UUID) -> UserView | None:
        return await self._one("users.get", sql.GET_USER_VIEW, {"id": user_id})

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
            "before": query.before or LAST_ID,
            "active": states[0],
            "or_active": states[1],
            "limit": query.limit,
            "most": _FEW + 1,
        }
        statement = sql.PAGE if query.is_active is None else sql.PAGE_BY_STATE
        if prefix:
            count = await self._page(sql.COUNT_PREFIX, values, int)
            statement = sql.PAGE_OF_FEW if count[0] <= _FEW else statement
        rows = await self._page(statement, values, UserViewRow)
        return tuple(row.view() for row in rows)

    async def _one(
        self, operation: str, statement: str, values: Mapping[str, Value]
    ) -> UserView | None:
        rows = await self._connections.read(operation, statement, values, UserViewRow)
        return rows[0].view() if rows else None

    async def _page(
        self, statement: str, values: Mapping[str, Value], make: Callable[..., T]
    ) -> list[T]:
        # Unprepared, so that the planner knows the prefix.
        return await self._connections.read("users.page", statement, values, make, prepare=False)


class PostgresCredentialReader(CredentialReader):
    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def by_email(self, key: str, network: str | None, since: datetime) -> Credentials | None:
        if not _can_be_key(key):
            return None
        values = {"key": key, "network": network, "since": since}
        return await self._one("credentials.by_email", sql.CREDENTIALS_BY_EMAIL, values)

    async def by_id(self, user_id: UUID) -> Credentials | None:
        return await self._one("credentials.by_id", sql.CREDENTIALS_BY_ID, {"id": user_id})

    async def _one(
        self, operation: str, statement: str, values: Mapping[str, Value]
    ) -> Credentials | None:
        rows = await self._connections.read(operation, statement, values, _credentials)
        return rows[0] if rows else None


def _can_be_key(text: str) -> bool:
    """Whether addresses can have this comparison key: they are ASCII, with no NUL."""
    return text.isascii() and "\0" not in text


def _credentials(
    user_id: UUID | None,
    password_hash: str,
    is_active: bool,  # noqa: FBT001 - a column
    knows_network: bool = False,  # noqa: FBT001, FBT002 - a column
) -> Credentials | None:
    if user_id is None:
        return None
    return Credentials(
        user_id=user_id,
        password_hash=password_hash,
        is_active=is_active,
        knows_network=knows_network,
    )
