"""A signing key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Algorithm(StrEnum):
    """Signature algorithm (RFC 7518, RFC 8037); Ed25519 is the curve of EdDSA."""

    EDDSA = "EdDSA"
    ES256 = "ES256"
    RS256 = "RS256"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A private key and its history; `id` is the `kid` of its tokens.

    A key that was made elsewhere has no history, so all times may be None. `material` is the key
    itself, in the form of whoever keeps it.
    """

    id: str
    algorithm: Algorithm
    material: Mapping[str, object] = field(repr=False)
    added_at: datetime | None = None
    promoted_at: datetime | None = None
    demoted_at: datetime | None = None

    @property
    def is_new(self) -> bool:
        """Whether the key is published and has never signed."""
        return self.added_at is not None and self.promoted_at is None and self.demoted_at is None
