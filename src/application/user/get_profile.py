"""Get one's own account."""

from dataclasses import dataclass

from application.actor import Account
from application.ports.user_reader import UserReader
from application.user.views import UserView
from domain.user.errors import UserNotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class GetProfile:
    actor: Account


@dataclass(frozen=True, slots=True, kw_only=True)
class GetProfileHandler:
    """Give the account of the one who asks."""

    users: UserReader

    async def __call__(self, command: GetProfile) -> UserView:
        found = await self.users.get(command.actor.user_id)
        if found is None:
            raise UserNotFound
        return found
