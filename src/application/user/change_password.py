"""Change a password."""

from dataclasses import dataclass, field
from uuid import UUID

from application.actor import Account, Actor
from application.authorization import lock_as_owner
from application.limits.known_devices import KnownDevices
from application.ports.clock import Clock
from application.ports.password_hasher import PasswordHasher
from application.ports.session_repository import SESSIONS
from application.ports.unit_of_work import UnitOfWorkFactory
from application.ports.user_reader import UserReader
from application.ports.user_repository import USERS
from application.session.session_opener import SessionOpener, TokenPair
from application.user.password_strength import PasswordStrength
from application.user.reauthentication import Reauthentication
from domain.session.events import EndReason
from domain.session.session import SessionMode
from domain.user.email import DomainToAscii, EmailAddress
from domain.user.errors import UserNotFound
from domain.user.name import PersonName
from domain.user.password import Password


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePassword:
    """`old_password` is what an account proves itself with; an operator sets without it.

    `mode` is how the session that asks holds its tokens.
    """

    actor: Actor
    user_id: UUID
    new_password: str = field(repr=False)
    old_password: str | None = field(default=None, repr=False)
    mode: SessionMode = SessionMode.TOKEN
    device_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedPassword:
    """How many sessions ended; and the tokens of the one that took the place of the caller's.

    `device_token` is what the caller's device is known by from now on. Both are None for an
    operator.
    """

    sessions_ended: int
    tokens: TokenPair | None
    device_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePasswordHandler:
    """Set a new password and end every session; an account goes on in a new one.

    So whoever copied a token of any session, the one that asks included, is out.
    """

    stored_users: UserReader
    unit_of_work: UnitOfWorkFactory
    reauthenticate: Reauthentication
    hasher: PasswordHasher
    check_strength: PasswordStrength
    open_session: SessionOpener
    devices: KnownDevices
    clock: Clock
    to_ascii: DomainToAscii

    async def __call__(self, command: ChangePassword) -> ChangedPassword:
        actor = command.actor
        chosen = Password.chosen(command.new_password, called="new_password")
        proof = await self.reauthenticate(
            actor, command.user_id, command.old_password, called="old_password"
        )
        await self._check(chosen, command.user_id)
        password_hash = await self.hasher.hash(chosen)
        now = self.clock.now()
        async with self.unit_of_work() as uow:
            user = await lock_as_owner(uow, actor, command.user_id, now)
            proof.check(user)
            user.change_password(password_hash, now)
            ended = await uow.repository(SESSIONS).end_all(user.id, EndReason.PASSWORD_CHANGED, now)
            user.sessions_ended(ended, EndReason.PASSWORD_CHANGED, now)
            await uow.repository(USERS).save(user)
            tokens = device = None
            if isinstance(actor, Account):
                tokens = await self.open_session(uow, user.id, now, command.mode, is_only=True)
                # A device is known with the password of its last log-in alone.
                device = self.devices.issue(
                    command.device_token, user.email.key, user.id, password_hash, now
                )
            await uow.commit()
        return ChangedPassword(sessions_ended=len(ended), tokens=tokens, device_token=device)

    async def _check(self, chosen: Password, user_id: UUID) -> None:
        user = await self.stored_users.get(user_id)
        if user is None:
            raise UserNotFound
        await self.check_strength(
            chosen,
            EmailAddress.parse(user.email, self.to_ascii),
            PersonName.parse(user.name) if user.name else None,
            called="new_password",
        )
