"""Change a profile."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final, TypeVar
from uuid import UUID

from application.actor import Account, Actor, require_owner
from application.authorization import lock_as_owner
from application.limits.password_guesses import PasswordGuesses
from application.ports.clock import Clock
from application.ports.html_cleaner import HtmlCleaner
from application.ports.session_repository import SESSIONS
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from application.ports.user_repository import USERS
from application.user.reauthentication import Reauthentication
from application.user.views import UserView
from domain.errors import read_all
from domain.session.events import EndReason
from domain.user.bio import Bio
from domain.user.email import DomainToAscii, EmailAddress
from domain.user.name import PersonName
from domain.user.user import User
from domain.user.website import Website

T = TypeVar("T")


class Unset(Enum):
    """Sentinel of a field that a partial update does not mention, as opposed to null."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateProfile:
    """UNSET keeps a field, None removes it. A new `email` needs the `password`."""

    actor: Actor
    user_id: UUID
    name: str | Unset | None = UNSET
    bio: str | Unset | None = UNSET
    website: str | Unset | None = UNSET
    email: str | Unset = UNSET
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateProfileHandler:
    """Update the given fields; raises UserAlreadyExists if the new address is taken.

    A new address ends every session but that of the caller. The error reveals which addresses have
    an account, so changes of address are limited: RateLimitExceeded.
    """

    unit_of_work: UnitOfWorkFactory
    reauthenticate: Reauthentication
    guesses: PasswordGuesses
    html_cleaner: HtmlCleaner
    clock: Clock
    to_ascii: DomainToAscii

    async def __call__(self, command: UpdateProfile) -> UserView:
        require_owner(command.actor, command.user_id)
        (name, bio, website), email, _ = read_all(
            lambda: self._texts(command), lambda: self._email(command.email), lambda: None
        )
        proof = None
        if email is not None:
            proof = await self.reauthenticate(command.actor, command.user_id, command.password)
            if isinstance(command.actor, Account):
                await self.guesses.at_email_change(command.user_id)
        now = self.clock.now()
        async with self.unit_of_work() as uow:
            user = await lock_as_owner(uow, command.actor, command.user_id, now)
            if proof is not None:
                proof.check(user)
            if not isinstance(name, Unset):
                user.rename(name, now)
            if not isinstance(bio, Unset):
                user.describe(bio, now)
            if not isinstance(website, Unset):
                user.link(website, now)
            if email is not None and email != user.email:
                user.change_email(email, now)
                await self._end_others(uow, user, command.actor, now)
            await uow.repository(USERS).save(user)
            await uow.commit()
        return UserView.of(user)

    @staticmethod
    async def _end_others(uow: UnitOfWork, user: User, actor: Actor, now: datetime) -> None:
        reason = EndReason.EMAIL_CHANGED
        keep = actor.session_id if isinstance(actor, Account) else None
        ended = await uow.repository(SESSIONS).end_all(user.id, reason, now, keep=keep)
        user.sessions_ended(ended, reason, now)

    def _texts(
        self, command: UpdateProfile
    ) -> tuple[PersonName | Unset | None, Bio | Unset | None, Website | Unset | None]:
        return read_all(
            lambda: _read(command.name, PersonName.parse),
            lambda: _read(command.bio, lambda text: Bio.parse(text, self.html_cleaner.clean)),
            lambda: _read(command.website, lambda text: Website.parse(text, self.to_ascii)),
        )

    def _email(self, email: str | Unset) -> EmailAddress | None:
        return EmailAddress.parse(email, self.to_ascii) if isinstance(email, str) else None


def _read(text: str | Unset | None, parse: Callable[[str], T]) -> T | Unset | None:
    return parse(text) if isinstance(text, str) else text
