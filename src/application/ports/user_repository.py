"""Port: accounts inside a unit of work."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol
from uuid import UUID

from application.actor import Account
from application.ports.unit_of_work import RepositoryKey
from domain.session.session import Session
from domain.user.user import User


class InsertResult(Enum):
    """What became of an account that was to be added."""

    ADDED = auto()
    ALREADY_IMPORTED = auto()
    """An account that was imported has this address already; it stays as it is."""
    TAKEN = auto()
    """Any other account has this address, or this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """Rows as they are under their locks; None is what is not there.

    `actor` and `session` are those of the account that acts, and `actor` is `user` itself where
    somebody acts on their own account. `active_admins` is empty unless it was asked for.
    """

    user: User | None
    actor: User | None = None
    session: Session | None = None
    active_admins: frozenset[UUID] = frozenset()


class UserRepository(Protocol):
    """The accounts, for a use case that changes them.

    Closed accounts are never given. To keep locks in one order everywhere: accounts before
    sessions, and the key of a request before them all. Whoever needs several accounts locks them
    by one `lock`, as a unit may not wait for an account while it holds another one.
    """

    async def add(self, user: User) -> None:
        """Store a new account; raises UserAlreadyExists when its address is taken.

        Raises DuplicateKey when its id is.
        """
        ...

    async def add_new(self, users: Sequence[User]) -> tuple[InsertResult, ...]:
        """Store those whose address and id nobody has; tell the fate of each, in their order.

        A few round trips however many they are. No two of them have the same address or id.
        Whoever adds the same ones meanwhile is waited for, and each of them is added once.
        """
        ...

    async def get(self, user_id: UUID) -> User | None:
        """Give the account and lock it until the unit ends; None when there is none."""
        ...

    async def save(self, user: User) -> None:
        """Store a changed account; raises UserAlreadyExists when its new address is taken."""
        ...

    async def lock(
        self, user_id: UUID, *, by: Account | None = None, with_active_admins: bool = False
    ) -> Locked:
        """Lock an account, that of whoever acts on it, and after both the session `by` acts in.

        With `with_active_admins` all active admins are locked too, so that one of them stays.
        The accounts are locked in ascending order of their ids, in one statement. The session is
        read under these locks: what ended it and was committed before is seen.
        """
        ...


USERS = RepositoryKey[UserRepository]("users")
