"""Fake set of published keys."""

from application.ports.published_keys import PublicKey, PublishedKeys


class KnownPublicKeys(PublishedKeys):
    def __init__(self, *keys: PublicKey) -> None:
        self._keys = keys

    async def published(self) -> tuple[PublicKey, ...]:
        return self._keys
