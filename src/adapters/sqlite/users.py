"""Accounts inside a unit of work, on SQLite."""

from uuid import UUID

import aiosqlite

from adapters.sqlite import sql
from adapters.sqlite.connections import run
from adapters.sqlite.rows import UserRow
from application.ports.user_repository import UserRepository
from domain.user.user import User


class SqliteUserRepository(UserRepository):
    """The unit holds the lock of the whole file, so no row needs one of its own."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def add(self, user: User) -> None:
        values = UserRow.of(user)._asdict()
        await run(self._connection, "users.add", sql.ADD_USER, values)

    async def get(self, user_id: UUID) -> User | None:
        rows = await run(self._connection, "users.get", sql.GET_USER, {"id": user_id.bytes})
        return UserRow._make(rows[0]).user() if rows else None

    async def save(self, user: User) -> None:
        values = UserRow.of(user)._asdict()
        await run(self._connection, "users.save", sql.SAVE_USER, values)

    async def lock_active_admins(self, also: UUID) -> frozenset[UUID]:  # noqa: ARG002 - locked anyway
        rows = await run(self._connection, "users.lock_active_admins", sql.ACTIVE_ADMINS, {})
        return frozenset(UUID(bytes=row[0]) for row in rows)
