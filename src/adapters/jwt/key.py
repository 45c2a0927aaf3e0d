"""A key that signs or verifies tokens, and the JOSE header it uses."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from joserfc.util import base64_to_int

from application.ports.published_keys import PublicKey

JoseKey = OctKey | OKPKey | ECKey | RSAKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """`algorithm` belongs to the key: what a token says of its own is only compared with it.

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

    # The algorithm is used directly: joserfc's own way to it takes what the token says, and warns
    # of the name "EdDSA" (RFC 9864), which is the one that clients know.

    def sign(self, message: bytes) -> bytes:
        return JWSRegistry.algorithms[self.algorithm].sign(message, self.jose)

    def verify(self, message: bytes, signature: bytes) -> bool:
        return JWSRegistry.algorithms[self.algorithm].verify(message, signature, self.jose)
