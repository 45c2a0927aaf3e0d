"""What happens while somebody's password is being checked."""

from collections.abc import Awaitable, Callable

from adapters.memory.hasher import PlainHasher
from domain.user.password import Password


class Meanwhile(PlainHasher):
    """Does `next`, once, between a verification and its answer: no lock is held then."""

    def __init__(self) -> None:
        super().__init__()
        self.next: Callable[[], Awaitable[object]] | None = None

    async def verify(self, password: Password, stored: str | None) -> bool:
        matches = await super().verify(password, stored)
        act, self.next = self.next, None
        if act is not None:
            await act()
        return matches
