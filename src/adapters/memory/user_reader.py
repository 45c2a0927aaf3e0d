"""In-memory user reader."""

from dataclasses import replace
from datetime import datetime
from itertools import islice
from uuid import UUID

from adapters.memory.store import Store
from application.ports.credential_reader import CredentialReader, Credentials
from application.ports.user_reader import UserReader
from application.user.views import UserQuery, UserView
from domain.user.user import User


class MemoryUserReader(UserReader):
    def __init__(self, store: Store) -> None:
        self._store = store

    async def get(self, user_id: UUID) -> UserView | None:
        user = open_account(self._store, user_id)
        return None if user is None else UserView.of(user)

    async def find_by_email(self, key: str) -> UserView | None:
        user = open_account(self._store, self._store.owner(key))
        return None if user is None else UserView.of(user)

    async def page(self, query: UserQuery) -> tuple[UserView, ...]:
        found = (user for user in self._store.users_below(query.before) if _matches(user, query))
        return tuple(UserView.of(user) for user in islice(found, query.limit))


class MemoryCredentialReader(CredentialReader):
    def __init__(self, store: Store) -> None:
        self._store = store

    async def by_email(self, key: str, network: str | None, since: datetime) -> Credentials | None:
        found = _credentials(open_account(self._store, self._store.owner(key)))
        if found is None:
            return None
        knows = any(
            session.network == network and session.last_used_at > since
            for session in self._store.sessions_of(found.user_id)
        )
        return replace(found, knows_network=network is not None and knows)

    async def by_id(self, user_id: UUID) -> Credentials | None:
        return _credentials(open_account(self._store, user_id))


def open_account(store: Store, user_id: UUID | None) -> User | None:
    user = None if user_id is None else store.users.get(user_id)
    return None if user is None or user.closed_at is not None else user


def _matches(user: User, query: UserQuery) -> bool:
    return (
        user.closed_at is None
        and user.email.key.startswith(query.email_prefix or "")
        and query.is_active in {None, user.is_active}
    )


def _credentials(user: User | None) -> Credentials | None:
    if user is None:
        return None
    return Credentials(user_id=user.id, password_hash=user.password_hash, is_active=user.is_active)
