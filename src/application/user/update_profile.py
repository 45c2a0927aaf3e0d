"""Change a profile."""

from dataclasses import dataclass, field
from uuid import UUID

from application.actor import Actor, require_owner
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory
from application.unset import UNSET, Unset
from application.user.reauthentication import Proof, Reauthentication
from application.user.views import UserView
from application.validation import read_all
from domain.user.email import DomainToAscii, EmailAddress
from domain.user.name import PersonName


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateProfile:
    """What is UNSET stays; `name=None` removes it. A new `email` needs the `password`."""

    actor: Actor
    user_id: UUID
    name: str | Unset | None = UNSET
    email: str | Unset = UNSET
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateProfileHandler:
    """Change what was mentioned; raises UserAlreadyExists when the new address is taken."""

    unit_of_work: UnitOfWorkFactory
    reauthenticate: Reauthentication
    clock: Clock
    to_ascii: DomainToAscii

    async def __call__(self, command: UpdateProfile) -> UserView:
        require_owner(command.actor, command.user_id)
        name, email, _ = read_all(
            lambda: self._name(command.name), lambda: self._email(command.email), lambda: None
        )
        proof = Proof(command.user_id, None)
        if email is not None:
            proof = await self.reauthenticate(command.actor, command.user_id, command.password)
        now = self.clock.now()
        async with self.unit_of_work() as uow:
            user = await proof.lock(uow)
            if not isinstance(name, Unset):
                user.rename(name, now)
            if email is not None:
                user.change_email(email, now)
            await uow.users.save(user)
            await uow.commit()
        return UserView.of(user)

    @staticmethod
    def _name(name: str | Unset | None) -> PersonName | Unset | None:
        return PersonName.parse(name) if isinstance(name, str) else name

    def _email(self, email: str | Unset) -> EmailAddress | None:
        return EmailAddress.parse(email, self.to_ascii) if isinstance(email, str) else None
