"""Re-authentication by password before sensitive changes."""

from dataclasses import dataclass
from uuid import UUID

from application.actor import Actor, Operator, require_owner
from application.audit.failures import Failures
from application.limits.password_guesses import PasswordGuesses
from application.ports.clock import Clock
from application.ports.credential_reader import CredentialReader
from application.ports.password_hasher import PasswordHasher
from domain.errors import ValidationFailed
from domain.user.errors import InvalidCredentials
from domain.user.events import PasswordProofFailed
from domain.user.password import Password
from domain.user.user import User


@dataclass(frozen=True, slots=True)
class Proof:
    """That the actor knows the password of an account: `password_hash` is what it matched.

    It is None for an operator, who proves nothing.
    """

    password_hash: str | None

    def check(self, user: User) -> None:
        """Raise InvalidCredentials when the password of the locked account changed since."""
        # nosemgrep: secret-compared - both are stored, and neither is a caller's guess
        if self.password_hash is not None and user.password_hash != self.password_hash:
            raise InvalidCredentials


@dataclass(frozen=True, slots=True, kw_only=True)
class Reauthentication:
    """Checks the password again before a change that a stolen token must not be able to make.

    OWASP Authentication Cheat Sheet, "require re-authentication for sensitive features". It
    hashes, so it runs before the unit of work and the proof is compared again inside.
    """

    credentials: CredentialReader
    hasher: PasswordHasher
    guesses: PasswordGuesses
    failures: Failures
    clock: Clock

    async def __call__(
        self, actor: Actor, user_id: UUID, password: str | None, *, called: str = "password"
    ) -> Proof:
        """Raise Forbidden, ValidationFailed on the field `called`, or InvalidCredentials.

        After too many wrong passwords it raises RateLimitExceeded, and checks none.
        """
        require_owner(actor, user_id)
        if isinstance(actor, Operator):
            return Proof(None)
        if password is None:
            raise ValidationFailed.of(called, "Your current password is needed for this.")
        presented = Password.presented(password, called=called)
        found = await self.credentials.by_id(user_id)
        async with self.guesses.at_proof(user_id):
            matches = await self.hasher.verify(presented, found.password_hash if found else None)
            if found is None or not matches:
                failed = PasswordProofFailed(user_id=user_id, occurred_at=self.clock.now())
                await self.failures.record(failed)
                raise InvalidCredentials("The current password is wrong.")
        return Proof(found.password_hash)
