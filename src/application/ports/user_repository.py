"""Accounts, inside a unit of work."""

from collections.abc import Sequence
from enum import Enum, auto
from typing import Protocol
from uuid import UUID

from domain.user.user import User


class Fate(Enum):
    """What became of an account that was to be added."""

    ADDED = auto()
    MOVED_IN_BEFORE = auto()
    """An account that was imported has this address already; it stays as it is."""
    TAKEN = auto()
    """Any other account has this address, or this id."""


class UserRepository(Protocol):
    """The accounts, for a use case that changes them.

    Closed accounts are never given. To keep locks in one order everywhere: accounts before
    sessions, and the key of a request before them all. Whoever needs the admins locks them and
    the one account they `get` by `lock_active_admins`, as a unit may not wait for an account
    while it holds another one.
    """

    async def add(self, user: User) -> None:
        """Store a new account; raises UserAlreadyExists when its address is taken.

        Raises DuplicateKey when its id is.
        """
        ...

    async def add_new(self, users: Sequence[User]) -> tuple[Fate, ...]:
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

    async def lock_active_admins(self, also: UUID) -> frozenset[UUID]:
        """Give the ids of all active admins and lock them, so that one of them stays.

        The account `also` is locked with them, in ascending order of all their ids, and its id
        is given only if it is an active admin's. It may be nobody's.
        """
        ...
