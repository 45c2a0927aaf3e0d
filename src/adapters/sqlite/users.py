"""User repository on SQLite."""

import json
from collections.abc import Sequence
from uuid import UUID

from adapters.sqlite import sql
from adapters.sqlite.connections import Row, Value
from adapters.sqlite.rows import SessionRow, UserRow
from adapters.sqlite.transaction import Transaction
from application.actor import Account
from application.audit.types import AuditType
from application.ports.user_repository import InsertResult, Locked, UserRepository
from domain.session.session import Session
from domain.user.user import User


class SqliteUserRepository(UserRepository):
    """The unit holds the lock of the whole file, so no row needs one of its own."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, user: User) -> None:
        values = UserRow.of(user)._asdict()
        await self._transaction.send("users.add", sql.ADD_USER, values)

    async def add_new(self, users: Sequence[User]) -> tuple[InsertResult, ...]:
        before = await self._owners(users)
        new = [user for user in users if user.email.key not in before]
        rows = [UserRow.of(user)._asdict() for user in new]
        await self._transaction.send("users.add_new", sql.ADD_NEW_USER, *rows)
        # One whose id was taken is not there.
        after = await self._owners(new) if new else {}
        return tuple(
            (InsertResult.ALREADY_IMPORTED if before[key] else InsertResult.TAKEN)
            if (key := user.email.key) in before
            else (InsertResult.ADDED if key in after else InsertResult.TAKEN)
            for user in users
        )

    async def _owners(self, users: Sequence[User]) -> dict[str, bool]:
        """Give those of their addresses that are taken, and whether by one who was imported."""
        keys = json.dumps([user.email.key for user in users])
        values: dict[str, Value] = {"keys": keys, "type": AuditType.USER_IMPORTED}
        rows = await self._transaction.send("users.owners", sql.OWNERS, values)
        return {key: bool(was_imported) for key, was_imported in rows}

    async def get(self, user_id: UUID) -> User | None:
        rows = await self._transaction.send("users.get", sql.GET_USER, {"id": user_id.bytes})
        return UserRow._make(rows[0]).user() if rows else None

    async def save(self, user: User) -> None:
        values = UserRow.of(user)._asdict()
        await self._transaction.send("users.save", sql.SAVE_USER, values)

    async def lock(
        self, user_id: UUID, *, by: Account | None = None, with_active_admins: bool = False
    ) -> Locked:
        send, actor_id = self._transaction.send, by.user_id if by else user_id
        values = {"id": user_id.bytes, "actor_id": actor_id.bytes}
        rows = await send("users.lock", sql.GET_USERS, values)
        users = {user.id: user for user in (UserRow._make(row).user() for row in rows)}
        admins: Sequence[Row] = ()
        if with_active_admins:
            admins = await send("users.lock", sql.ACTIVE_ADMINS, {})
        return Locked(
            user=users.get(user_id),
            actor=users.get(actor_id) if by else None,
            session=await self._session(by.session_id) if by else None,
            active_admins=frozenset(UUID(bytes=row[0]) for row in admins),
        )

    async def _session(self, session_id: UUID) -> Session | None:
        values = {"id": session_id.bytes}
        rows = await self._transaction.send("users.lock", sql.GET_SESSION, values)
        return SessionRow._make(rows[0]).session() if rows else None
