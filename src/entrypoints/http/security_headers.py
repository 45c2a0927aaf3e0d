"""Security headers of responses (OWASP Secure Headers).

OWASP, REST Security and HTTP Headers cheat sheets; ASVS 5.0 §3.4.
"""

from typing import Final

Pairs = tuple[tuple[bytes, bytes], ...]

CONTENT_POLICY: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""For answers that are data: nothing in them is to be run, loaded, sent or framed."""

_ALWAYS: Final[Pairs] = (
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
NAMES: Final = frozenset(name for name, _ in _ALWAYS)
"""What a route may choose for itself, and few do."""
_YEAR: Final = 365 * 24 * 60 * 60
_OVER_HTTPS: Final[Pairs] = (
    *_ALWAYS,
    # A browser that hears this over plain HTTP must ignore it (RFC 6797 §8.1).
    (b"strict-transport-security", f"max-age={_YEAR}; includeSubDomains".encode()),
)


def security_headers(scheme: str) -> Pairs:
    """The headers of an answer to a request that came by `scheme`."""
    return _OVER_HTTPS if scheme == "https" else _ALWAYS
