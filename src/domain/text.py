"""Text that a person typed: what is never a part of it."""

import re
import unicodedata

# Control, surrogate, line and paragraph separator; and format characters, which are invisible:
# among them those that reorder what stands around them (UAX #9), so that a name can look like
# another one.
_REFUSED = {"Cc", "Cs", "Zl", "Zp", "Cf"}
_JOINERS = "\u200c\u200d"
"""The format characters that spelling needs: Persian and Indic scripts, and composed emoji."""

# Letters and symbols that nobody sees: Hangul fillers, the empty Braille pattern. Variation
# selectors are a part of emoji, and nothing without them.
_INVISIBLE = re.compile(r"[\s\u115f\u1160\u2800\u3164\uffa0\u200c\u200d\ufe00-\ufe0f]*")


def is_blank(text: str) -> bool:
    """Whether there is nothing to see."""
    return _INVISIBLE.fullmatch(text) is not None


def has_surrogate(text: str) -> bool:
    """Whether half of a UTF-16 pair stands alone, which no encoding can carry."""
    return any("\ud800" <= char <= "\udfff" for char in text)


def has_control(text: str) -> bool:
    """Whether `text` holds a character that is no part of what a person writes on one line."""
    return any(unicodedata.category(char) in _REFUSED and char not in _JOINERS for char in text)
