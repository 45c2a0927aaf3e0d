"""Idempotency keys (draft-ietf-httpapi-idempotency-key-header)."""

import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from application.errors import InvalidInput
from application.ports.idempotency_records import IDEMPOTENCY_RECORDS, IdempotencyRecord
from application.ports.unit_of_work import UnitOfWork
from domain.errors import Category, DomainError
from domain.text import Bound

KEPT: Final = timedelta(hours=24)
"""How long a key is known; after that it is as good as new."""

_KEY: Final = re.compile(r"[!-~]{1,255}")
_BOUND: Final = Bound(255, 255)


class IdempotencyKeyReused(DomainError):
    """The key came with another request before; nothing was done."""

    code = "IDEMPOTENCY_KEY_REUSED"
    category = Category.VALIDATION
    summary = "This idempotency key came with another request before. Make a new one."


@dataclass(frozen=True, slots=True)
class Claim:
    """One request under its key, in the form in which both are kept."""

    digest: bytes
    fingerprint: bytes

    async def find(self, uow: UnitOfWork, now: datetime) -> UUID | None:
        """Give the user whom this request made before, if it did.

        Raises IdempotencyKeyReused when another request had the key.
        """
        return self._user_of(await uow.repository(IDEMPOTENCY_RECORDS).find(self.digest, now))

    async def take(self, uow: UnitOfWork, user_id: UUID, now: datetime) -> UUID | None:
        """Keep that the request makes this user; None when that was done, else as `find`."""
        record = IdempotencyRecord(
            digest=self.digest,
            fingerprint=self.fingerprint,
            user_id=user_id,
            expires_at=now + KEPT,
        )
        return self._user_of(await uow.repository(IDEMPOTENCY_RECORDS).claim(record, now))

    def _user_of(self, earlier: IdempotencyRecord | None) -> UUID | None:
        if earlier is None:
            return None
        if not hmac.compare_digest(earlier.fingerprint, self.fingerprint):
            raise IdempotencyKeyReused
        return earlier.user_id


@dataclass(frozen=True, slots=True)
class IdempotencyKeys:
    """Makes claims, with a secret key of our own.

    A request may hold a password: of a plain hash, whoever gets hold of the records could guess it
    as fast as they can hash. The key of a caller may say something about them too.
    """

    key: bytes = field(repr=False)

    def of(self, operation: str, key: str, *values: str | bool | None) -> Claim:
        """Give the claim of a request, `values` being all that it asks for.

        Keys of two operations are two keys. Raises InvalidInput unless `key` is 1 to 255 visible
        ASCII characters.
        """
        if not _BOUND.admits(key) or not _KEY.fullmatch(key):
            raise InvalidInput("An idempotency key has 1 to 255 visible ASCII characters.")
        # The fingerprint covers the key, so that equal requests have different fingerprints.
        return Claim(self._mac("key", operation, key), self._mac("request", operation, key, values))

    def _mac(self, *parts: object) -> bytes:
        return hmac.new(self.key, json.dumps(parts).encode(), hashlib.sha256).digest()
