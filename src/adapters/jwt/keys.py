"""Key ring: keys that sign or verify tokens, and the JOSE headers they use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from joserfc.util import base64_to_int

from application.invalid_settings import InvalidSettings
from application.ports.published_keys import PublicKey, PublishedKeys
from application.settings import TokenSettings

JoseKey = OctKey | OKPKey | ECKey | RSAKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """`algorithm` belongs to the key: the `alg` of a token is only compared with it.

    `id` is None for a secret, and so is `public`, what anybody may know. `material` are those
    members of the JWK that are the key itself.
    """

    id: str | None
    algorithm: str
    jose: JoseKey = field(repr=False)
    material: Mapping[str, str] = field(default_factory=dict, repr=False)
    public: PublicKey | None = None

    @property
    def header(self) -> Mapping[str, str]:
        own = {"typ": "at+jwt", "alg": self.algorithm}
        return own if self.id is None else {**own, "kid": self.id}

    @property
    def modulus(self) -> int | None:
        """That of an RSA key."""
        text = self.material.get("n")
        return None if text is None else base64_to_int(text)

    # The algorithm is used directly: joserfc's own way uses the `alg` of the token, and warns
    # of the name "EdDSA" (RFC 9864), which clients expect.

    def sign(self, message: bytes) -> bytes:
        return JWSRegistry.algorithms[self.algorithm].sign(message, self.jose)

    def verify(self, message: bytes, signature: bytes) -> bool:
        return JWSRegistry.algorithms[self.algorithm].verify(message, signature, self.jose)


class Keys(Protocol):
    """The keys as they are now."""

    def signing(self) -> Key:
        """Give the key to sign with."""
        ...

    def find(self, id: object) -> Key | None:
        """Give the key that a token names, by whatever the token has there."""
        ...


class SecretKey(Keys, PublishedKeys):
    """One secret, for HS256: it can sign as well as verify, so nothing is published."""

    def __init__(self, settings: TokenSettings) -> None:
        try:
            jose = OctKey.import_key(settings.secret, {"use": "sig", "alg": "HS256"})
        except ValueError as error:
            raise InvalidSettings(
                ("JWT_SECRET: this is a key that others may know; use 32 random bytes.",)
            ) from error
        self._key = Key(id=None, algorithm="HS256", jose=jose)

    def signing(self) -> Key:
        return self._key

    def find(self, id: object) -> Key | None:
        return self._key if id is None else None

    async def published(self) -> tuple[PublicKey, ...]:
        return ()
