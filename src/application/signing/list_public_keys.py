"""List the public keys."""

from dataclasses import dataclass

from application.ports.published_keys import PublicKey, PublishedKeys


@dataclass(frozen=True, slots=True)
class ListPublicKeys: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPublicKeysHandler:
    """Tell anybody by which keys our access tokens can be verified."""

    published_keys: PublishedKeys

    async def __call__(self, _: ListPublicKeys) -> tuple[PublicKey, ...]:
        return await self.published_keys.published()
