"""Register an account."""

from dataclasses import dataclass, field
from uuid import UUID

from application.actor import Operator
from application.idempotency import Claim, IdempotencyKeys
from application.limits.known_devices import KnownDevices
from application.ports.clock import Clock
from application.ports.id_generator import IdGenerator
from application.ports.password_hasher import PasswordHasher
from application.ports.unit_of_work import UnitOfWorkFactory
from application.ports.user_repository import USERS
from application.session.session_opener import SessionOpener
from application.user.password_strength import PasswordStrength
from application.user.replay_registration import Registered, ReplayRegistration
from application.user.views import UserView
from domain.errors import read_all
from domain.user.email import DomainToAscii, EmailAddress
from domain.user.name import PersonName
from domain.user.password import Password
from domain.user.user import User


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterUser:
    """`log_in` opens a session for the new user at once, in the same transaction.

    With an `idempotency_key` the command may be repeated if its outcome is unknown. `actor` is the
    operator who registers somebody else, for the audit trail. `device_token` is what the device was
    given before (`KnownDevices`).
    """

    email: str
    password: str = field(repr=False)
    name: str | None = None
    log_in: bool = True
    idempotency_key: str | None = None
    actor: Operator | None = None
    device_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterUserHandler:
    """Create an account; raises UserAlreadyExists if its address is taken.

    With a key, a repeated command returns the same account; raises IdempotencyKeyReused if another
    command had that key.
    """

    unit_of_work: UnitOfWorkFactory
    hasher: PasswordHasher
    check_strength: PasswordStrength
    open_session: SessionOpener
    claims: IdempotencyKeys
    replay_registration: ReplayRegistration
    devices: KnownDevices
    ids: IdGenerator
    clock: Clock
    to_ascii: DomainToAscii

    async def __call__(self, command: RegisterUser) -> Registered:
        email, password, name = read_all(
            lambda: EmailAddress.parse(command.email, self.to_ascii),
            lambda: Password.chosen(command.password),
            lambda: PersonName.parse(command.name) if command.name is not None else None,
        )
        claim = self._claim(command)
        # Asked first: what was done cannot be refused any more, by a stricter policy for instance.
        made = None if claim is None else await self._made_by(claim)
        if made is not None:
            return await self._again(made, email, password, command)
        await self.check_strength(password, email, name)
        # Hashed before the address is looked up, so that a taken one costs what a free one does.
        password_hash = await self.hasher.hash(password)
        now = self.clock.now()
        user = User.register(
            id=self.ids.new_id(), email=email, name=name, password_hash=password_hash, now=now
        )
        done = await self._add(user, claim, command)
        if isinstance(done, Registered):
            return done
        return await self._again(done, email, password, command)

    def _claim(self, command: RegisterUser) -> Claim | None:
        if command.idempotency_key is None:
            return None
        asked = (command.email, command.password, command.name, command.log_in)
        return self.claims.of("register", command.idempotency_key, *asked)

    async def _made_by(self, claim: Claim) -> UUID | None:
        async with self.unit_of_work() as uow:
            return await claim.find(uow, self.clock.now())

    async def _again(
        self, made: UUID, email: EmailAddress, password: Password, command: RegisterUser
    ) -> Registered:
        return await self.replay_registration(
            made, email, password, command.device_token, log_in=command.log_in
        )

    async def _add(
        self, user: User, claim: Claim | None, command: RegisterUser
    ) -> Registered | UUID:
        """Store the account, or return the one that an equal command stored concurrently."""
        now = user.created_at
        async with self.unit_of_work() as uow:
            made = None if claim is None else await claim.take(uow, user.id, now)
            if made is not None:
                return made
            await uow.repository(USERS).add(user)
            tokens = None
            if command.log_in:
                tokens = await self.open_session(uow, user.id, now, is_only=True)
            await uow.commit()
        device = self.devices.issue(
            command.device_token, user.email.key, user.id, user.password_hash, now
        )
        return Registered(
            user=UserView.of(user), tokens=tokens, device_token=device if tokens else None
        )
