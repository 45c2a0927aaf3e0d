"""Display name of a person."""

import unicodedata
from dataclasses import dataclass
from typing import ClassVar

from domain.errors import ValidationFailed
from domain.text import NFC_RATIO, Bound, has_control, is_blank

MAX_LENGTH = 100


@dataclass(frozen=True, slots=True)
class PersonName:
    """A display name: 1 to 100 characters, kept as typed but for outer space and NFC.

    It is plain text, never HTML; clients must escape it.
    """

    BOUND: ClassVar[Bound] = Bound(NFC_RATIO * MAX_LENGTH, 4 * NFC_RATIO * MAX_LENGTH)

    value: str

    @classmethod
    def parse(cls, text: str) -> "PersonName":
        """Parse user input; raises ValidationFailed on the field `name`."""
        too_long = f"A name has at most {MAX_LENGTH} characters."
        cls.BOUND.check(text, "name", too_long)
        if has_control(text):
            raise ValidationFailed.of("name", "A name has no control characters.")
        value = unicodedata.normalize("NFC", text.strip())
        if is_blank(value):
            raise ValidationFailed.of("name", "A name is not empty; leave it out to have none.")
        if len(value) > MAX_LENGTH:
            raise ValidationFailed.of("name", too_long)
        return cls(value)

    def __str__(self) -> str:
        return self.value
