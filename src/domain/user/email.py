"""E-mail addresses: parsing, and the key by which two are equal."""

import re
import unicodedata
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol

from domain.errors import ValidationFailed
from domain.text import NFC_RATIO, Bound, has_control

MAX_BYTES = 254
"""RFC 5321 §4.5.3.1.3, less the angle brackets of the path (RFC 3696 erratum 1690)."""

_TOO_LONG: Final = f"An e-mail address has at most {MAX_BYTES} bytes."

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# WHATWG HTML, "valid e-mail address", on an address that is lower-cased already.
_VALID = re.compile(rf"[a-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})*", re.ASCII)


class DomainToAscii(Protocol):
    """Turns a domain name into its A-label form (IDNA 2008); ASCII names come back unchanged.

    Raises ValueError for a name that has no such form.
    """

    def __call__(self, domain: str, /) -> str: ...


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """An address as it was written, and the normalised `key` for comparison."""

    BOUND: ClassVar[Bound] = Bound(NFC_RATIO * MAX_BYTES, NFC_RATIO * MAX_BYTES)

    written: str
    key: str

    @classmethod
    def parse(cls, text: str, to_ascii: DomainToAscii) -> "EmailAddress":
        """Parse user input; raises ValidationFailed on the field `email`."""
        cls.BOUND.check(text, "email", _TOO_LONG)
        # Before NFC, which makes an ASCII letter of a few characters that only look like one.
        local, at, domain = text.strip().rpartition("@")
        # IDNA would drop what is invisible, and the written form would keep it.
        if not at or not local.isascii() or has_control(domain):
            raise _invalid("This is not an e-mail address.")
        domain = unicodedata.normalize("NFC", domain)
        try:
            key = f"{local}@{to_ascii(domain)}".lower()
        except ValueError as error:
            raise _invalid("The part after the @ is not a domain name.") from error
        if not _VALID.fullmatch(key):
            raise _invalid("This is not an e-mail address.")
        written = f"{local}@{domain}"
        if max(len(key), len(written.encode())) > MAX_BYTES:
            raise _invalid(_TOO_LONG)
        return cls(written, key)

    def __str__(self) -> str:
        return self.written


def _invalid(message: str) -> ValidationFailed:
    return ValidationFailed.of("email", message)
