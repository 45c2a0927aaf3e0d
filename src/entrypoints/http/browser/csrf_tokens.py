"""CSRF tokens bound to a session (OWASP CSRF Prevention Cheat Sheet)."""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from litestar.types import HTTPScope

from entrypoints.http.browser.headers import values
from entrypoints.http.errors import CsrfFailed

HEADER: Final = "X-CSRF-Token"
LIFETIME: Final = timedelta(hours=12)

_NONCE_BYTES, _TIME_BYTES, _MAC_BYTES = 20, 8, 32
# 60 bytes are 80 characters, and every 80 characters are one token: no padding, no spare bits.
_LENGTH: Final = 80
_FORM: Final = re.compile(r"[A-Za-z0-9_-]{80}", re.ASCII)


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class CsrfTokens:
    """Makes and checks tokens: a nonce, when it ends, and a MAC over both and the session.

    This is the signed double submit without a second cookie: the session itself is the cookie.
    The nonce makes each token another one, so that compressed answers tell nothing of it (BREACH).
    A key that nobody gives is one of this process alone.
    """

    key: bytes = field(default_factory=partial(secrets.token_bytes, 32), repr=False)
    now: Callable[[], datetime] = _utc_now

    def issue(self, session_id: UUID) -> str:
        """Give a fresh token for a session."""
        ends = int((self.now() + LIFETIME).timestamp()).to_bytes(_TIME_BYTES)
        content = secrets.token_bytes(_NONCE_BYTES) + ends
        return base64.urlsafe_b64encode(content + self._mac(content, session_id)).decode()

    def check(self, scope: HTTPScope, session_id: UUID) -> None:
        """Raise CsrfFailed unless the request brings a token of the session that has not ended."""
        given = values(scope, HEADER.lower().encode())
        if not given:
            raise CsrfFailed(f"Send the {HEADER} header; GET /api/v1/auth/csrf gives the token.")
        if len(given) > 1 or len(given[0]) != _LENGTH or not _FORM.fullmatch(given[0]):
            raise CsrfFailed(f"The {HEADER} header holds no token of ours.")
        raw = base64.urlsafe_b64decode(given[0])
        content, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(content, session_id)):
            raise CsrfFailed(f"The token in {HEADER} is not one of this session. Get a new one.")
        if int.from_bytes(content[_NONCE_BYTES:]) <= self.now().timestamp():
            raise CsrfFailed(f"The token in {HEADER} has expired. Get a new one.")

    def _mac(self, content: bytes, session_id: UUID) -> bytes:
        return hmac.new(self.key, session_id.bytes + content, hashlib.sha256).digest()
