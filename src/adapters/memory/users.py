"""In-memory user repository."""

from collections.abc import Sequence
from uuid import UUID

from adapters.memory.store import Changes, Store
from application.actor import Account
from application.audit.types import AuditType
from application.errors import DuplicateKey
from application.ports.user_repository import InsertResult, Locked, UserRepository
from domain.user.errors import UserAlreadyExists
from domain.user.user import User


class MemoryUserRepository(UserRepository):
    """Sees the store through the changes of its unit, which holds the lock."""

    def __init__(self, store: Store, changes: Changes) -> None:
        self._store = store
        self._changes = changes

    async def add(self, user: User) -> None:
        if self._find(user.id) is not None:
            raise DuplicateKey(context={"operation": "users.add"})
        self._stage(user)

    async def add_new(self, users: Sequence[User]) -> tuple[InsertResult, ...]:
        return tuple(map(self._add_new, users))

    async def get(self, user_id: UUID) -> User | None:
        user = self._find(user_id)
        return None if user is None or user.closed_at is not None else user.copy()

    async def save(self, user: User) -> None:
        self._stage(user)

    async def lock(
        self, user_id: UUID, *, by: Account | None = None, with_active_admins: bool = False
    ) -> Locked:
        user = await self.get(user_id)
        everyone = {**self._store.users, **self._changes.users} if with_active_admins else {}
        admins = frozenset(key for key, each in everyone.items() if each.is_active_admin)
        if by is None:
            return Locked(user=user, active_admins=admins)
        changed = self._changes.sessions.get(by.session_id)
        session = changed or self._store.sessions.get(by.session_id)
        return Locked(
            user=user,
            actor=user if by.user_id == user_id else await self.get(by.user_id),
            session=session and session.copy(),
            active_admins=admins,
        )

    def _add_new(self, user: User) -> InsertResult:
        if not self._is_taken(user) and self._find(user.id) is None:
            self._stage(user)
            return InsertResult.ADDED
        owner = self._store.owner(user.email.key)
        is_audited = owner is not None and self._store.has_audit_entry(
            AuditType.USER_IMPORTED, owner
        )
        return InsertResult.ALREADY_IMPORTED if is_audited else InsertResult.TAKEN

    def _stage(self, user: User) -> None:
        if self._is_taken(user):
            raise UserAlreadyExists
        self._changes.users[user.id] = user.copy()

    def _is_taken(self, user: User) -> bool:
        key = user.email.key
        if any(o.email.key == key and o.id != user.id for o in self._changes.users.values()):
            return True
        owner = self._store.owner(key)
        return owner is not None and owner != user.id and owner not in self._changes.users

    def _find(self, user_id: UUID) -> User | None:
        return self._changes.users.get(user_id) or self._store.users.get(user_id)
