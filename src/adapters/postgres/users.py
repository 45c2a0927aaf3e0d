"""Accounts inside a unit of work, on PostgreSQL."""

from uuid import UUID

from adapters.postgres import sql
from adapters.postgres.connections import Connection, run
from adapters.postgres.rows import LockedRow, UserRow
from application.ports.user_repository import UserRepository
from domain.user.user import User


class PostgresUserRepository(UserRepository):
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, user: User) -> None:
        values = UserRow.of(user)._asdict()
        await run(self._connection, "users.add", sql.ADD_USER, values, tuple)

    async def get(self, user_id: UUID) -> User | None:
        rows = await run(self._connection, "users.get", sql.GET_USER, {"id": user_id}, UserRow)
        return rows[0].user() if rows else None

    async def save(self, user: User) -> None:
        values = UserRow.of(user)._asdict()
        await run(self._connection, "users.save", sql.SAVE_USER, values, tuple)

    async def lock_active_admins(self, also: UUID) -> frozenset[UUID]:
        operation, values = "users.lock_active_admins", {"id": also}
        locked = await run(self._connection, operation, sql.LOCK_ACTIVE_ADMINS, values, LockedRow)
        return frozenset(row.id for row in locked if row.is_active_admin)
