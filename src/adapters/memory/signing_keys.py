"""Fake signing key store."""

import secrets
import threading
from collections.abc import Callable

from application.invalid_settings import InvalidSettings
from application.ports.signing_key_store import SigningKeyStore
from domain.signing.errors import KeysExist
from domain.signing.key import Algorithm, SigningKey
from domain.signing.key_set import KeySet


class MemorySigningKeys(SigningKeyStore):
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: KeySet | None = None

    def make(self, algorithm: Algorithm) -> SigningKey:
        return SigningKey(id=secrets.token_hex(16), algorithm=algorithm, material={})

    def create(self, keys: KeySet) -> None:
        with self._lock:
            if self._keys is not None:
                raise KeysExist
            self._keys = keys

    def read(self) -> KeySet:
        if self._keys is None:
            raise InvalidSettings(("JWT_KEYS: there are no keys yet.",))
        return self._keys

    def change(self, change: Callable[[KeySet], KeySet]) -> KeySet:
        with self._lock:
            self._keys = change(self.read())
            return self._keys
