"""Generate the first signing key."""

from dataclasses import dataclass, replace
from datetime import timedelta

from application.ports.clock import Clock
from application.ports.signing_key_store import SigningKeyStore
from application.signing.views import KeyView, view
from domain.signing.key import Algorithm
from domain.signing.key_set import KeySet


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateKeys:
    algorithm: Algorithm


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateKeysHandler:
    """Generate the first key, which signs at once; raises KeysExist."""

    store: SigningKeyStore
    clock: Clock
    access_ttl: timedelta

    async def __call__(self, command: GenerateKeys) -> KeyView:
        now = self.clock.now()
        key = replace(self.store.make(command.algorithm), added_at=now, promoted_at=now)
        keys = KeySet((key,))
        self.store.create(keys)
        return view(key, keys, self.access_ttl)
