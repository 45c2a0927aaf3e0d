"""Passwords in plain text, normalised and bounded."""

import unicodedata
from dataclasses import dataclass, field
from typing import ClassVar

from domain.errors import ValidationFailed
from domain.text import NFC_RATIO, Bound, has_surrogate

MIN_LENGTH, MAX_LENGTH, MAX_BYTES = 8, 128, 1024


@dataclass(frozen=True, slots=True)
class Password:
    """A password in the clear, in Unicode NFC (NIST SP 800-63B §3.1.1.2); hidden from `repr`.

    At most 128 characters, typed in 1,024 bytes at most: longer input is refused and never
    truncated.
    """

    BOUND: ClassVar[Bound] = Bound(NFC_RATIO * MAX_LENGTH, MAX_BYTES)

    value: str = field(repr=False)

    @classmethod
    def presented(cls, text: str, *, called: str = "password") -> "Password":
        """Parse a password to be verified; `called` is its field."""
        too_long = f"A password has at most {MAX_LENGTH} characters and {MAX_BYTES} bytes."
        cls.BOUND.check(text, called, too_long)
        if has_surrogate(text) or "\0" in text:
            raise ValidationFailed.of(called, "A password has no NUL and no broken characters.")
        value = unicodedata.normalize("NFC", text)
        if not value:
            raise ValidationFailed.of(called, "A password is needed.")
        if len(value) > MAX_LENGTH:
            raise ValidationFailed.of(called, too_long)
        return cls(value)

    @classmethod
    def chosen(cls, text: str, *, called: str = "password") -> "Password":
        """Parse a new password; it has a minimum length."""
        password = cls.presented(text, called=called)
        if len(password.value) < MIN_LENGTH:
            raise ValidationFailed.of(called, f"A password has at least {MIN_LENGTH} characters.")
        return password
