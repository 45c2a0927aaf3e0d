"""How strong a new password has to be."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from domain.errors import FieldError
from domain.user.email import EmailAddress
from domain.user.errors import PasswordTooWeak
from domain.user.name import PersonName
from domain.user.password import Password

Rule = Callable[[str], str | None]
"""Takes a password and gives advice on what to change, or None when there is nothing to."""


class PasswordPolicy(Protocol):
    """The replaceable part: what a new password needs beyond its length."""

    def advice(self, password: Password) -> tuple[str, ...]:
        """Tell what to change, a sentence each; empty when the password is strong enough."""
        ...


@dataclass(frozen=True, slots=True)
class Rules:
    """The policy that asks for everything each of its rules asks for."""

    rules: tuple[Rule, ...]

    def advice(self, password: Password) -> tuple[str, ...]:
        return tuple(said for rule in self.rules if (said := rule(password.value)))


def _needs(kind: str, test: Callable[[str], bool]) -> Rule:
    return lambda value: None if any(map(test, value)) else f"Add {kind}."


RULES: Mapping[str, Rule] = {
    "upper": _needs("an upper-case letter", str.isupper),
    "lower": _needs("a lower-case letter", str.islower),
    "digit": _needs("a digit", str.isdigit),
    "symbol": _needs("a symbol", lambda char: not char.isalnum() and not char.isspace()),
}
"""The rules that configuration can name."""


def check_strength(
    policy: PasswordPolicy,
    password: Password,
    email: EmailAddress,
    name: PersonName | None,
    *,
    called: str = "password",
) -> None:
    """Raise PasswordTooWeak, on the field `called`, with everything that should change."""
    advice = [*policy.advice(password)]
    if _folded(password.value) in _own_words(email, name):
        advice.append("Choose something other than your e-mail address or name.")
    if advice:
        raise PasswordTooWeak(errors=tuple(FieldError(called, said) for said in advice))


def _own_words(email: EmailAddress, name: PersonName | None) -> Iterable[str]:
    words = [email.written, email.key, *([name.value] if name else [])]
    return {_folded(word) for word in words}


def _folded(text: str) -> str:
    return text.strip().casefold()
