"""Fake breach check with a fixed list."""

from collections.abc import Iterable

from application.ports.breached_passwords import BreachedPasswords
from domain.user.password import Password


class KnownBreaches(BreachedPasswords):
    """Knows the passwords it was given; none, unless told otherwise."""

    def __init__(self, passwords: Iterable[str] = ()) -> None:
        self._passwords = frozenset(passwords)

    async def open(self) -> None:
        """Do nothing: what is in this process is there."""

    async def close(self) -> None:
        """Do nothing, as above."""

    async def contains(self, password: Password) -> bool:
        return password.value in self._passwords
