"""Get one account."""

from dataclasses import dataclass
from uuid import UUID

from application.actor import Actor, require_admin
from application.ports.user_reader import UserReader
from application.user.views import UserView
from domain.user.email import DomainToAscii, EmailAddress
from domain.user.errors import UserNotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class GetUser:
    """`user` is an id, or an address as a person types it."""

    actor: Actor
    user: UUID | str


@dataclass(frozen=True, slots=True, kw_only=True)
class GetUserHandler:
    """Give any account to an admin."""

    users: UserReader
    to_ascii: DomainToAscii

    async def __call__(self, command: GetUser) -> UserView:
        require_admin(command.actor)
        if isinstance(command.user, UUID):
            found = await self.users.get(command.user)
        else:
            email = EmailAddress.parse(command.user, self.to_ascii)
            found = await self.users.find_by_email(email.key)
        if found is None:
            raise UserNotFound
        return found
