"""Keyset pagination with signed cursors."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from uuid import UUID

from application.errors import InvalidInput
from domain.text import Bound

T = TypeVar("T", covariant=True)

DEFAULT_LIMIT, MAX_LIMIT = 20, 100
_MAC_BYTES = 16
_BOUND = Bound(128, 128)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items in order, and the cursor of the page after them, None on the last."""

    items: tuple[T, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Cursors:
    """Makes and reads opaque cursors: an id, or more than that, and a MAC, in base64url.

    The MAC covers the filters too, so a cursor of one list is no cursor of another.
    """

    key: bytes = field(repr=False)

    def write(self, last: UUID, filters: str) -> str:
        """Give the cursor of what comes after `last`."""
        return self.seal(last.bytes, filters)

    def read(self, cursor: str, filters: str) -> UUID:
        """Give the id that a cursor holds; raises InvalidInput for one that is not ours."""
        return UUID(bytes=self.unseal(cursor, filters, size=16))

    def seal(self, last: bytes, filters: str) -> str:
        """Give the cursor of what comes after `last`, where that is more than an id."""
        return base64.urlsafe_b64encode(last + self._mac(last, filters)).decode()

    def unseal(self, cursor: str, filters: str, *, size: int) -> bytes:
        """Give the `size` bytes that were sealed; raises InvalidInput for what is not ours."""
        if not _BOUND.admits(cursor):
            raise _unknown()
        try:
            raw = base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeEncodeError) as error:
            raise _unknown() from error
        last, mac = raw[:size], raw[size:]
        if not hmac.compare_digest(mac, self._mac(last, filters)):
            raise _unknown()
        return last

    def _mac(self, last: bytes, filters: str) -> bytes:
        message = last + filters.encode("utf-8", "surrogatepass")
        return hmac.new(self.key, message, hashlib.sha256).digest()[:_MAC_BYTES]


def _unknown() -> InvalidInput:
    return InvalidInput(
        "The cursor is not one of ours, or belongs to a list with other filters. "
        "Start again without one."
    )
