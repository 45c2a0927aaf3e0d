"""Port: public keys for verifiers (JWKS)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """The public half of a key; `parameters` are those of its type in a JWK (RFC 7518 §6)."""

    id: str
    algorithm: str
    type: str
    parameters: Mapping[str, str]


class PublishedKeys(Protocol):
    """Gives what anybody may know of the signing keys."""

    async def published(self) -> tuple[PublicKey, ...]:
        """Give every key that verifies, the signing one first, each with an id of its own.

        There are none where tokens are signed with a secret.
        """
        ...
