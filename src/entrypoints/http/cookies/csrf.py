"""CSRF protection: tokens bound to a session, and origin checks.

OWASP CSRF Prevention Cheat Sheet.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final, NamedTuple
from uuid import UUID

from litestar.types import HTTPScope

from entrypoints.http.errors.catalogue import CsrfFailed

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
    The nonce makes each token another one, so that compression reveals nothing of it (BREACH).
    Without a key one is made, for this process alone.
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


_ORIGIN: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?",
    # Without it, letters that only become ASCII in lower case would pass for it.
    re.ASCII | re.IGNORECASE,
)
MAX_ORIGIN: Final = 300
"""Characters: the longest name of a host is 253."""
_PORTS: Final = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """Scheme, host and port (RFC 6454 §4): all three must be equal."""

    scheme: str
    host: str
    port: int


def parse_origin(text: str) -> Origin | None:
    """Read an origin; None for `null`, and for anything with more to it than the three."""
    match = _ORIGIN.fullmatch(text) if len(text) <= MAX_ORIGIN else None
    if not match:
        return None
    scheme, host = match["scheme"].lower(), match["host"].lower()
    return Origin(scheme, host, int(match["port"] or _PORTS[scheme]))


def origins_of(texts: Iterable[str]) -> frozenset[Origin]:
    """Parse a list of origins; invalid ones, `*` included, are left out."""
    return frozenset(origin for text in texts if (origin := parse_origin(text)))


def check_origin(scope: HTTPScope, allowed: frozenset[Origin]) -> None:
    """Raise CsrfFailed unless `Origin` or `Sec-Fetch-Site` names an allowed page."""
    if not _is_stated(scope, allowed):
        raise CsrfFailed("Send an Origin or a Sec-Fetch-Site header, as browsers do.")


def refuse_foreign_origin(scope: HTTPScope, allowed: frozenset[Origin]) -> None:
    """Raise CsrfFailed when `Origin` or `Sec-Fetch-Site` names a foreign page.

    A request without both passes: every browser sends at least one of them.
    """
    _is_stated(scope, allowed)


def _is_stated(scope: HTTPScope, allowed: frozenset[Origin]) -> bool:
    """Whether one of the two headers came; raises CsrfFailed when either speaks against it."""
    given, sites = values(scope, b"origin"), values(scope, b"sec-fetch-site")
    if given:
        origin = parse_origin(given[0]) if len(given) == 1 else None
        if origin and origin in allowed:
            return True
        if origin is None or origin != _own(scope):
            raise CsrfFailed("The Origin header names another site than this one.")
    # `same-site` is any host below the same domain, which need not be in the same hands.
    if sites and sites != ["same-origin"]:
        raise CsrfFailed("The Sec-Fetch-Site header says that another site sent this request.")
    return bool(given or sites)


def _own(scope: HTTPScope) -> Origin | None:
    """The origin that the request is sent to; None without one `Host`."""
    hosts = values(scope, b"host")
    return parse_origin(f"{scope['scheme']}://{hosts[0]}") if len(hosts) == 1 else None


def values(scope: HTTPScope, name: bytes) -> list[str]:
    """Every value of a header, in order; `name` is in lower case."""
    return [value.decode("latin-1") for each, value in scope["headers"] if each == name]
