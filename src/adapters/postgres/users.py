"""User repository on PostgreSQL."""

from collections.abc import Sequence
from uuid import UUID

from adapters.postgres import sql
from adapters.postgres.connection import Value
from adapters.postgres.errors import translated
from adapters.postgres.new_users import copy_new
from adapters.postgres.rows import SessionRow, UserRow
from adapters.postgres.transaction import Transaction
from application.actor import Account
from application.audit.types import AuditType
from application.ports.user_repository import InsertResult, Locked, UserRepository
from domain.user.user import User


class PostgresUserRepository(UserRepository):
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, user: User) -> None:
        values = UserRow.of(user)._asdict()
        await self._transaction.send("users.add", sql.ADD_USER, values, tuple)

    async def add_new(self, users: Sequence[User]) -> tuple[InsertResult, ...]:
        connection = await self._transaction.alone()
        with translated("users.add_new"):
            added = await copy_new(connection, users)
        rest = [user.email.key for user in users if user.id not in added]
        imported = await self._imported(rest) if rest else set()
        return tuple(
            InsertResult.ADDED
            if user.id in added
            else (
                InsertResult.ALREADY_IMPORTED if user.email.key in imported else InsertResult.TAKEN
            )
            for user in users
        )

    async def _imported(self, keys: Sequence[str]) -> set[str]:
        values: dict[str, Value] = {"keys": keys, "type": AuditType.USER_IMPORTED}
        return {*await self._transaction.send("users.imported", sql.IMPORTED_KEYS, values, str)}

    async def get(self, user_id: UUID) -> User | None:
        rows = await self._transaction.send("users.get", sql.GET_USER, {"id": user_id}, UserRow)
        return rows[0].user() if rows else None

    async def save(self, user: User) -> None:
        values = UserRow.of(user)._asdict()
        await self._transaction.send("users.save", sql.SAVE_USER, values, tuple)

    async def lock(
        self, user_id: UUID, *, by: Account | None = None, with_active_admins: bool = False
    ) -> Locked:
        statement = sql.LOCK_USERS_AND_ADMINS if with_active_admins else sql.LOCK_USERS
        actor_id = by.user_id if by else user_id
        values: dict[str, Value] = {"id": user_id, "actor_id": actor_id}
        sessions: list[SessionRow] = []
        if by is None:
            rows = await self._transaction.send("users.lock", statement, values, UserRow)
        else:
            # Two statements in one round trip: the second begins, and reads, under the locks of
            # the first.
            rows, sessions = await self._transaction.send_both(
                "users.lock",
                statement,
                values | {"session_id": by.session_id},
                (UserRow, SessionRow),
                then=sql.LOCK_ACTING_SESSION,
            )
        users = {row.id: row.user() for row in rows}
        admins = (user.id for user in users.values() if user.is_active_admin)
        return Locked(
            user=users.get(user_id),
            actor=users.get(actor_id) if by else None,
            session=sessions[0].session() if sessions else None,
            active_admins=frozenset(admins) if with_active_admins else frozenset(),
        )
