"""Headers of all responses: security headers, CORS, `Allow`.

OWASP REST Security and HTTP Headers cheat sheets; ASVS 5.0 §3.4; Fetch standard,
https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from collections.abc import Sequence
from typing import Final

from litestar.types import HTTPScope

Header = tuple[bytes, bytes]
Headers = tuple[Header, ...]

CONTENT_POLICY: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""For answers that are data: nothing in them is to be run, loaded, sent or framed."""

_ALWAYS: Final[Headers] = (
    # Else the HTTP server names itself.
    (b"server", b""),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)
_NAMES: Final = frozenset(name for name, _ in _ALWAYS)
_YEAR: Final = 365 * 24 * 60 * 60
_OVER_HTTPS: Final[Headers] = (
    *_ALWAYS,
    # A browser ignores this over plain HTTP (RFC 6797 §8.1).
    (b"strict-transport-security", f"max-age={_YEAR}; includeSubDomains".encode()),
)

EXPOSED: Final = (
    b"X-Request-ID, RateLimit, RateLimit-Policy, Retry-After, Idempotency-Replayed, Allow, "
    b"WWW-Authenticate, Content-Disposition"
)
METHODS: Final = b"GET, HEAD, POST, PUT, PATCH, DELETE"
HEADERS: Final = b"Authorization, Content-Type, Idempotency-Key, X-CSRF-Token, X-Request-ID"
MAX_AGE: Final = b"600"
"""Seconds for which a browser remembers the answer; an origin that is taken off the list goes
unnoticed for so long."""
PREFLIGHT: Final[Headers] = (
    (b"access-control-allow-methods", METHODS),
    (b"access-control-allow-headers", HEADERS),
    (b"access-control-max-age", MAX_AGE),
)
_VARY: Final = (b"vary", b"Origin")


def security_headers(scheme: str, chosen: Sequence[Header]) -> Sequence[Header]:
    """Give the security headers that a response did not choose for itself; few routes do."""
    defaults = _OVER_HTTPS if scheme == "https" else _ALWAYS
    names = {name for name, _ in chosen}
    return defaults if _NAMES.isdisjoint(names) else [d for d in defaults if d[0] not in names]


class Cors:
    """Says in every response, errors included, whether the page that asked may read it.

    Credentials (cookies) are for listed origins only, which is why there is no `*`.
    """

    def __init__(self, origins: Sequence[str]) -> None:
        self._by_origin: dict[bytes, Headers] = {
            origin.encode(): (
                (b"access-control-allow-origin", origin.encode()),
                (b"access-control-allow-credentials", b"true"),
                (b"access-control-expose-headers", EXPOSED),
                _VARY,
            )
            for origin in origins
        }

    def headers(self, scope: HTTPScope) -> Headers:
        # Caches keep the responses for each origin, and for none, apart.
        return self._by_origin.get(only(scope, b"origin"), (_VARY,))


def only(scope: HTTPScope, name: bytes) -> bytes:
    """Give the one value of a header; nothing when there is none, or more than one."""
    values = [value for each, value in scope["headers"] if each == name]
    return values[0] if len(values) == 1 else b""


def with_allow(headers: list[Header], methods: bytes | None) -> list[Header]:
    """Put every method of a path into `Allow` (RFC 9110 §9.3.7).

    The framework's own OPTIONS forgets methods that were added to a path after the first.
    """
    if not methods:
        return headers
    return [*(each for each in headers if each[0] != b"allow"), (b"allow", methods)]
