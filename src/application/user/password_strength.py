"""Password strength check: policy and breach check."""

from dataclasses import dataclass

from application.ports.breached_passwords import BreachedPasswords
from domain.errors import FieldError
from domain.user.email import EmailAddress
from domain.user.errors import PasswordTooWeak
from domain.user.name import PersonName
from domain.user.password import Password
from domain.user.password_policy import PasswordPolicy, check_strength

_BREACHED = "This password has leaked somewhere before, so attackers try it. Choose another one."


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordStrength:
    """The policy, and the breaches that are known: both have to let a new password pass."""

    policy: PasswordPolicy
    breaches: BreachedPasswords

    async def __call__(
        self,
        password: Password,
        email: EmailAddress,
        name: PersonName | None,
        *,
        called: str = "password",
    ) -> None:
        """Raise PasswordTooWeak, on the field `called`, with everything that should change."""
        check_strength(self.policy, password, email, name, called=called)
        if await self.breaches.contains(password):
            raise PasswordTooWeak(errors=(FieldError(called, _BREACHED),))
