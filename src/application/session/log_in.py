"""Log in."""

from dataclasses import dataclass, field

from application.audit.failures import Failures
from application.errors import RateLimitExceeded
from application.limits.known_devices import KnownDevices
from application.limits.log_in_attempts import NETWORK_MEMORY, LogInAttempts
from application.ports.clock import Clock
from application.ports.credential_reader import CredentialReader, Credentials
from application.ports.password_hasher import PasswordHasher
from application.ports.unit_of_work import UnitOfWorkFactory
from application.ports.user_repository import USERS
from application.session.session_opener import SessionOpener, TokenPair
from application.user.views import UserView
from domain.errors import DomainError
from domain.session.events import LogInFailed
from domain.session.session import SessionMode
from domain.user.email import DomainToAscii, EmailAddress
from domain.user.errors import InvalidCredentials, UserInactive
from domain.user.password import Password


@dataclass(frozen=True, slots=True, kw_only=True)
class LogIn:
    """`device_token` is what the device was given at an earlier log-in (`KnownDevices`).

    `mode` is how the client will present its tokens.
    """

    email: str
    password: str = field(repr=False)
    device_token: str | None = field(default=None, repr=False)
    mode: SessionMode = SessionMode.TOKEN


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn:
    user: UserView
    tokens: TokenPair
    device_token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogInHandler:
    """Exchange address and password for a session.

    There is one verification in every case, and a deactivated account is reported only after the
    right password (OWASP Authentication Cheat Sheet, "authentication responses").
    Raises RateLimitExceeded, without a verification, after too many wrong passwords: those of
    the address before anything is looked up or recorded, those of the account after that.
    """

    credentials: CredentialReader
    unit_of_work: UnitOfWorkFactory
    hasher: PasswordHasher
    attempts: LogInAttempts
    devices: KnownDevices
    open_session: SessionOpener
    failures: Failures
    clock: Clock
    to_ascii: DomainToAscii

    async def __call__(self, command: LogIn) -> LoggedIn:
        email = EmailAddress.parse(command.email, self.to_ascii)
        password = Password.presented(command.password)
        attempt = await self.attempts.begin(email.key, command.device_token)
        found = None
        try:
            async with attempt:
                since = self.clock.now() - NETWORK_MEMORY
                found = await self.credentials.by_email(email.key, attempt.network, since)
                await attempt.count(found)
                known = await self._check(found, password)
            return await self._open(known, password, email.key, command)
        except (InvalidCredentials, UserInactive, RateLimitExceeded) as error:
            await self._record_failure(found, email, error)
            raise

    async def _check(self, found: Credentials | None, password: Password) -> Credentials:
        matches = await self.hasher.verify(password, found.password_hash if found else None)
        if found is None or not matches:
            raise InvalidCredentials
        if not found.is_active:
            raise UserInactive
        return found

    async def _open(
        self, known: Credentials, password: Password, email_key: str, command: LogIn
    ) -> LoggedIn:
        upgraded = None
        if self.hasher.needs_rehash(known.password_hash):
            upgraded = await self.hasher.hash(password)
        now = self.clock.now()
        async with self.unit_of_work() as uow:
            user = await uow.repository(USERS).get(known.user_id)
            # The account was free to change while the password was checked outside the lock.
            # nosemgrep: secret-compared - both are stored, and neither is a caller's guess
            if user is None or user.password_hash != known.password_hash:
                raise InvalidCredentials
            if not user.is_active:
                raise UserInactive
            if upgraded is not None:
                user.upgrade_hash(upgraded)
                await uow.repository(USERS).save(user)
            tokens = await self.open_session(uow, user.id, now, command.mode)
            await uow.commit()
        device = self.devices.issue(
            command.device_token, email_key, user.id, user.password_hash, now
        )
        return LoggedIn(user=UserView.of(user), tokens=tokens, device_token=device)

    async def _record_failure(
        self, found: Credentials | None, email: EmailAddress, error: DomainError
    ) -> None:
        user_id = found.user_id if found else None
        event = LogInFailed(user_id=user_id, occurred_at=self.clock.now(), reason=error.code)
        await self.failures.record(event, email)
