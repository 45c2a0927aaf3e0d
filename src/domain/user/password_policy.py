"""Password policy: strength rules."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from domain.errors import FieldError
from domain.user.email import EmailAddress
from domain.user.errors import PasswordTooWeak
from domain.user.name import PersonName
from domain.user.password import Password

Rule = Callable[[str, Collection[str]], str | None]
"""Takes a password and its owner's words (address, name), and gives advice on what to change.

None when there is nothing to.
"""


class PasswordPolicy(Protocol):
    """Strength rules of a new password, beyond its length; replaceable."""

    def advice(self, password: Password, own_words: Collection[str]) -> tuple[str, ...]:
        """Return advice, a sentence each; empty if the password is strong enough.

        `own_words` are personal data of the owner: the parts of the address, and the name.
        """
        ...


@dataclass(frozen=True, slots=True)
class Rules:
    """Policy that combines rules; a password must satisfy all of them."""

    rules: tuple[Rule, ...]

    def advice(self, password: Password, own_words: Collection[str]) -> tuple[str, ...]:
        return tuple(said for rule in self.rules if (said := rule(password.value, own_words)))


def _needs(kind: str, test: Callable[[str], bool]) -> Rule:
    return lambda value, _: None if any(map(test, value)) else f"Add {kind}."


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
    """Raise PasswordTooWeak on the field `called`, with all advice."""
    own = [email.written, email.key, *([name.value] if name else [])]
    parts = [part for address in own[:2] for part in address.rsplit("@", 1)]
    advice = [*policy.advice(password, (*parts, *own[2:]))]
    if _folded(password.value) in map(_folded, own):
        advice.append("Choose something other than your e-mail address or name.")
    if advice:
        raise PasswordTooWeak(errors=tuple(FieldError(called, said) for said in advice))


def _folded(text: str) -> str:
    return text.strip().casefold()
