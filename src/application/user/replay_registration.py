"""Replays a registration whose idempotency key was used before."""

from dataclasses import dataclass, field
from uuid import UUID

from application.audit.failures import Failures
from application.limits.known_devices import KnownDevices
from application.ports.clock import Clock
from application.ports.credential_reader import CredentialReader
from application.ports.password_hasher import PasswordHasher
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from application.ports.user_repository import USERS
from application.session.session_opener import SessionOpener, TokenPair
from application.user.reauthentication import Proof
from application.user.views import UserView
from domain.session.events import LogInFailed
from domain.user.email import EmailAddress
from domain.user.errors import InvalidCredentials, UserInactive, UserNotFound
from domain.user.password import Password
from domain.user.user import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """Result of a registration; `device_token` comes with tokens.

    `is_replay` when an equal command with the same key made the account before.
    """

    user: UserView
    tokens: TokenPair | None
    device_token: str | None = field(default=None, repr=False)
    is_replay: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayRegistration:
    """Returns the account of an equal request, as it is now.

    It checks the current password before it logs in: the password may have changed since. It
    hashes, so it runs outside of any unit of work.
    """

    credentials: CredentialReader
    hasher: PasswordHasher
    unit_of_work: UnitOfWorkFactory
    open_session: SessionOpener
    failures: Failures
    devices: KnownDevices
    clock: Clock

    async def __call__(
        self,
        user_id: UUID,
        email: EmailAddress,
        password: Password,
        device_token: str | None,
        *,
        log_in: bool,
    ) -> Registered:
        """Raise UserNotFound when the account was closed.

        With `log_in`, raise InvalidCredentials, or UserInactive after the right password.
        """
        if not log_in:
            async with self.unit_of_work() as uow:
                user = await _lock(uow, user_id)
            return Registered(user=UserView.of(user), tokens=None, is_replay=True)
        user, tokens = await self._log_in(user_id, password)
        device = self.devices.issue(
            device_token, email.key, user_id, user.password_hash, self.clock.now()
        )
        return Registered(
            user=UserView.of(user), tokens=tokens, device_token=device, is_replay=True
        )

    async def _log_in(self, user_id: UUID, password: Password) -> tuple[User, TokenPair]:
        try:
            return await self._open(user_id, password)
        except (InvalidCredentials, UserInactive) as error:
            now = self.clock.now()
            failed = LogInFailed(user_id=user_id, occurred_at=now, reason=error.code)
            await self.failures.record(failed)
            raise

    async def _open(self, user_id: UUID, password: Password) -> tuple[User, TokenPair]:
        known = await self.credentials.by_id(user_id)
        if known is None:
            raise UserNotFound
        if not await self.hasher.verify(password, known.password_hash):
            raise InvalidCredentials
        now = self.clock.now()
        async with self.unit_of_work() as uow:
            user = await _lock(uow, user_id)
            Proof(known.password_hash).check(user)
            if not user.is_active:
                raise UserInactive
            tokens = await self.open_session(uow, user.id, now)
            await uow.commit()
        return user, tokens


async def _lock(uow: UnitOfWork, user_id: UUID) -> User:
    user = await uow.repository(USERS).get(user_id)
    if user is None:
        raise UserNotFound
    return user
