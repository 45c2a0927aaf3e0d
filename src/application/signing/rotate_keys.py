"""Rotate the signing keys."""

from dataclasses import dataclass
from datetime import timedelta

from application.ports.clock import Clock
from application.ports.signing_key_store import SigningKeyStore
from application.signing.views import KeyView, view
from domain.errors import ValidationFailed
from domain.signing.key import Algorithm
from domain.signing.key_set import KeySet


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateKeys:
    """`algorithm` is that of a new key, by default that of the signing one."""

    algorithm: Algorithm | None = None
    at_once: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateKeysHandler:
    """Take the next step of a rotation: publish a new key; later, sign with it.

    Returns the key that is new, or newly signs. `at_once` takes all remaining steps, for a key that
    leaked: verifiers that cache the key set refuse new tokens until they fetch it again.
    """

    store: SigningKeyStore
    clock: Clock
    access_ttl: timedelta

    async def __call__(self, command: RotateKeys) -> KeyView:
        after = self.store.change(lambda keys: self._rotated(keys, command))
        return view(after.next or after.signing, after, self.access_ttl)

    def _rotated(self, keys: KeySet, command: RotateKeys) -> KeySet:
        now = self.clock.now()
        if keys.next is None:
            new = self.store.make(command.algorithm or keys.signing.algorithm)
            keys = keys.announced(new, now)
            return keys.promoted(now, at_once=True) if command.at_once else keys
        if command.algorithm not in {None, keys.next.algorithm}:
            raise ValidationFailed.of(
                "algorithm",
                f"The next key is there already, for {keys.next.algorithm}: {keys.next.id}. "
                "Retire it to have another.",
            )
        return keys.promoted(now, at_once=command.at_once)
