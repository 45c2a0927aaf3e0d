"""Refresh tokens: random secrets of which only a digest is stored."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from domain.session.errors import TokenInvalid
from domain.text import Bound

_FORM = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True)
class RefreshSecret:
    """256 random bits in base64url, 43 characters; hidden from `repr`."""

    BOUND: ClassVar[Bound] = Bound(43, 43)

    value: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "RefreshSecret":
        """Parse a presented token; raises TokenInvalid for one that cannot have been issued."""
        if not cls.BOUND.admits(text) or not _FORM.fullmatch(text):
            raise TokenInvalid
        return cls(text)

    @property
    def digest(self) -> bytes:
        """The SHA-256 of the secret, 32 bytes.

        A plain hash is enough for a secret with this much entropy: there is nothing to guess.
        """
        return hashlib.sha256(self.value.encode()).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshToken:
    """The record of one issued refresh token.

    `generation` counts the rotations of its session, from 0.
    """

    digest: bytes
    session_id: UUID
    generation: int
    issued_at: datetime
    expires_at: datetime
