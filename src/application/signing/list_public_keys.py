"""List the public keys."""

from dataclasses import dataclass

from application.ports.published_keys import PublicKey, PublishedKeys


@dataclass(frozen=True, slots=True)
class ListPublicKeys: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPublicKeysHandler:
    """Return the public keys that verify access tokens (JWKS)."""

    published_keys: PublishedKeys

    async def __call__(self, _: ListPublicKeys) -> tuple[PublicKey, ...]:
        return await self.published_keys.published()
