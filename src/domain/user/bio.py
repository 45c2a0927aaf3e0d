"""Biography: limited HTML."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from domain.errors import ValidationFailed
from domain.text import Bound, has_control

MAX_LENGTH = 2000
"""Characters, of what is typed and of what is kept: what was read can be sent back as it is."""


@dataclass(frozen=True, slots=True)
class Bio:
    """Sanitized HTML of at most 2,000 characters, safe to include in a page.

    Line breaks and tabs are allowed; other control and all bidirectional characters are not.
    """

    BOUND: ClassVar[Bound] = Bound(MAX_LENGTH, 4 * MAX_LENGTH)

    value: str

    @classmethod
    def parse(cls, text: str, clean: Callable[[str], str]) -> "Bio":
        """Parse user input; raises ValidationFailed on the field `bio`.

        Characters are checked again after cleaning, because HTML can encode each by number.
        """
        _check(text)
        value = clean(_with_plain_breaks(text).strip()).strip()
        _check(value)
        if not value:
            raise _invalid("A bio is not empty once it is cleaned; null removes it.")
        return cls(value)

    def __str__(self) -> str:
        return self.value


def _check(text: str) -> None:
    Bio.BOUND.check(text, "bio", f"A bio has at most {MAX_LENGTH} characters, its HTML included.")
    if has_control(_with_plain_breaks(text).replace("\n", "").replace("\t", "")):
        raise _invalid("A bio has no control characters.")


def _with_plain_breaks(text: str) -> str:
    return text.replace("\r\n", "\n")


def _invalid(message: str) -> ValidationFailed:
    return ValidationFailed.of("bio", message)
