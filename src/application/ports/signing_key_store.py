"""Port: stores signing keys."""

from collections.abc import Callable
from typing import Protocol

from domain.signing.key import Algorithm, SigningKey
from domain.signing.key_set import KeySet


class SigningKeyStore(Protocol):
    """Keeps the keys of the service, private halves included.

    Synchronous, and meant for a short-lived process. All but `make` raise InvalidSettings with
    what to do where keys cannot be read or written.
    """

    def make(self, algorithm: Algorithm) -> SigningKey:
        """Give a new key without a history, kept nowhere yet."""
        ...

    def create(self, keys: KeySet) -> None:
        """Keep the first keys. Raises KeysExist, whatever is there."""
        ...

    def read(self) -> KeySet:
        """Give the keys as they are now."""
        ...

    def change(self, change: Callable[[KeySet], KeySet]) -> KeySet:
        """Keep what `change` makes of the keys, and give it.

        One change at a time, across processes, each on what the one before has left. Whoever
        reads meanwhile sees all of a change or nothing. Nothing is changed when `change` raises.
        """
        ...
