"""Fake id generator with predictable ids."""

from itertools import count
from uuid import UUID

from application.ports.id_generator import IdGenerator


class SequentialIds(IdGenerator):
    """UUIDv7s of the first, second, third ... millisecond of 1970, with no random bits."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def new_id(self) -> UUID:
        return UUID(int=(next(self._numbers) << 80) | (7 << 76) | (2 << 62))
