"""Retire a signing key."""

from dataclasses import dataclass
from datetime import timedelta

from application.ports.clock import Clock
from application.ports.signing_key_store import SigningKeyStore


@dataclass(frozen=True, slots=True, kw_only=True)
class RetireKey:
    """`force` retires a key although tokens that it signed have not expired."""

    key_id: str
    force: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RetireKeyHandler:
    """Remove a key, so that it no longer verifies; raises KeyNotFound or KeyInUse."""

    store: SigningKeyStore
    clock: Clock
    access_ttl: timedelta

    async def __call__(self, command: RetireKey) -> None:
        now = self.clock.now()
        self.store.change(
            lambda keys: keys.retired(command.key_id, now, self.access_ttl, force=command.force)
        )
