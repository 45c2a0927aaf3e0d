"""Port: generates ids."""

from typing import Protocol
from uuid import UUID


class IdGenerator(Protocol):
    """Where new ids come from."""

    def new_id(self) -> UUID:
        """Give a new UUIDv7 (RFC 9562 §5.7); those of one process are in ascending order."""
        ...
