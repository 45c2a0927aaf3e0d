"""Input validation of text: bounds of length, control characters, surrogates."""

import re
import unicodedata
from dataclasses import dataclass

from domain.errors import ValidationFailed

NFC_RATIO = 4
"""Characters that NFC makes one of, at most: alpha, psili, varia, ypogegrammeni (U+1F82)."""

# Control, surrogate, line and paragraph separator; and format characters, which are invisible:
# among them those that reorder what stands around them (UAX #9), so that a name can look like
# another one.
_REFUSED = {"Cc", "Cs", "Zl", "Zp", "Cf"}
_JOINERS = "\u200c\u200d"
"""The format characters that spelling needs: Persian and Indic scripts, and composed emoji."""

# Letters and symbols that nobody sees: Hangul fillers, the empty Braille pattern. Variation
# selectors are a part of emoji, and nothing without them.
_INVISIBLE = re.compile(r"[\s\u115f\u1160\u2800\u3164\uffa0\u200c\u200d\ufe00-\ufe0f]*")


@dataclass(frozen=True, slots=True)
class Bound:
    """The longest text that a parser works on, in characters and in bytes of UTF-8.

    Every parser checks it first, on the text as it came, so that all work by character
    (normalisation, case folding, IDNA, regular expressions, cleaning, splitting) is on little:
    `unicodedata.normalize` takes time with the square of a run of combining characters
    (OWASP Input Validation Cheat Sheet). It is wider than the limit of the value itself where
    normalisation makes less of a text: NFC_RATIO times as many characters.
    """

    characters: int
    octets: int

    def admits(self, text: str) -> bool:
        """Whether `text` is within both limits; it is encoded only if its characters are."""
        return (
            len(text) <= self.characters and len(text.encode(errors="surrogatepass")) <= self.octets
        )

    def check(self, text: str, field: str, message: str) -> None:
        """Raise ValidationFailed on `field` when `text` is too long."""
        if not self.admits(text):
            raise ValidationFailed.of(field, message)


def is_blank(text: str) -> bool:
    """Whether no character is visible."""
    return _INVISIBLE.fullmatch(text) is not None


def has_surrogate(text: str) -> bool:
    """Whether there is a lone surrogate, which cannot be encoded."""
    return any("\ud800" <= char <= "\udfff" for char in text)


def has_control(text: str) -> bool:
    """Whether there is a control, bidirectional or line-breaking character."""
    return any(unicodedata.category(char) in _REFUSED and char not in _JOINERS for char in text)
