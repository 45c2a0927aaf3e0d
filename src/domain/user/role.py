"""Roles, and the allow-list of those that exist."""

import re
from dataclasses import dataclass
from typing import ClassVar

from domain.errors import ValidationFailed
from domain.text import Bound

_VALID = re.compile(r"[a-z][a-z0-9_-]{0,31}", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Role:
    """A lower-case word of at most 32 letters, digits, `-` and `_`."""

    BOUND: ClassVar[Bound] = Bound(32, 32)

    name: str

    @classmethod
    def parse(cls, text: str) -> "Role":
        """Parse a role's name; raises ValidationFailed on the field `role`."""
        if not cls.BOUND.admits(text) or not _VALID.fullmatch(text):
            raise ValidationFailed.of(
                "role", "A role is 1 to 32 lower-case letters, digits, - or _, a letter first."
            )
        return cls(text)

    def __str__(self) -> str:
        return self.name


ADMIN = Role("admin")


@dataclass(frozen=True, slots=True)
class KnownRoles:
    """Allow-list of the roles that can be granted; `admin` is always one of them.

    An account keeps a role that was removed from the list until it is revoked. Nothing here
    depends on such a role.
    """

    MAX: ClassVar[int] = 32

    listed: frozenset[Role] = frozenset({ADMIN})

    def check(self, role: Role) -> Role:
        """Return a role that exists; raises ValidationFailed on the field `role`."""
        if role != ADMIN and role not in self.listed:
            raise ValidationFailed.of("role", f"There is no such role. Roles: {self}.")
        return role

    def __str__(self) -> str:
        return ", ".join(map(str, sorted(self.listed | {ADMIN})))
