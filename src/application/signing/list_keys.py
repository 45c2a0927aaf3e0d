"""List the signing keys."""

from dataclasses import dataclass
from datetime import timedelta

from application.ports.signing_key_store import SigningKeyStore
from application.signing.views import KeyView, view


@dataclass(frozen=True, slots=True)
class ListKeys: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ListKeysHandler:
    """Return the keys, the signing one first, with their states."""

    store: SigningKeyStore
    access_ttl: timedelta

    async def __call__(self, _: ListKeys) -> tuple[KeyView, ...]:
        keys = self.store.read()
        return tuple(view(key, keys, self.access_ttl) for key in keys.keys)
