"""Cookie sessions of browsers, with CSRF protection."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

from litestar.datastructures import Cookie
from litestar.types import HTTPScope

from application.errors import InvalidInput
from application.keys import derive_key
from application.limits.known_devices import LIFETIME as DEVICE_LIFETIME
from application.session.session_opener import TokenPair
from application.settings import Environment, Settings
from domain.session.errors import TokenInvalid
from entrypoints.http.cookies.csrf import (
    CsrfTokens,
    Origin,
    check_origin,
    origins_of,
    refuse_foreign_origin,
)
from entrypoints.http.cookies.token_cookies import PLAIN, SECURE, TokenCookie, TokenCookies

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""What changes nothing (RFC 9110 §9.2.1) needs no proof of where it comes from."""
_PLAIN_HTTP: Final = frozenset({Environment.DEVELOPMENT, Environment.TEST})


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieSessions:
    """What the service has agreed on with browsers.

    `allowed_origins` may send requests besides our own; `allows_plain_http` lets cookies pass
    without TLS, which `localhost` may lack.
    """

    csrf: CsrfTokens = field(default_factory=CsrfTokens)
    allowed_origins: frozenset[Origin] = frozenset()
    allows_plain_http: bool = False
    refresh_ttl: timedelta = timedelta(days=30)

    @classmethod
    def of(cls, settings: Settings, allowed_origins: Sequence[str] = ()) -> "CookieSessions":
        return cls(
            csrf=CsrfTokens(key=derive_key(settings.tokens.secret, "csrf")),
            allowed_origins=origins_of(allowed_origins),
            allows_plain_http=settings.environment in _PLAIN_HTTP,
            refresh_ttl=settings.tokens.refresh_ttl,
        )

    def cookies(self, scope: HTTPScope) -> TokenCookies:
        """The cookies of a request's scheme; those of the other are never looked at."""
        is_plain = scope["scheme"] == "http" and self.allows_plain_http
        return PLAIN if is_plain else SECURE

    def access_token(self, scope: HTTPScope) -> str | None:
        return self.cookies(scope).access.read(scope)

    def refresh_token(self, scope: HTTPScope) -> str | None:
        return self.cookies(scope).refresh.read(scope)

    def device_token(self, scope: HTTPScope) -> str | None:
        """Give what names the device; what cannot be read, or came twice, is none."""
        try:
            return self.cookies(scope).device.read(scope)
        except (TokenInvalid, InvalidInput):
            return None

    def device_cookie(self, scope: HTTPScope, token: str) -> Cookie:
        """The cookie that a device is recognised by; no log-out clears it."""
        return self.cookies(scope).device.set_cookie(token, DEVICE_LIFETIME)

    def set_cookies(self, scope: HTTPScope, pair: TokenPair) -> list[Cookie]:
        """The cookies that keep a pair of tokens for as long as each of them works."""
        cookies = self.cookies(scope)
        return [
            *(each.clear_cookie() for each in cookies.former),
            cookies.access.set_cookie(pair.access_token, timedelta(seconds=pair.expires_in)),
            cookies.refresh.set_cookie(pair.refresh_token, self.refresh_ttl),
        ]

    def clear_cookies(self, scope: HTTPScope) -> list[Cookie]:
        """The same cookies, taken away."""
        cookies = self.cookies(scope)
        gone = (*cookies.former, cookies.access, cookies.refresh)
        return [each.clear_cookie() for each in gone]

    @contextmanager
    def clearing(self, scope: HTTPScope, cookie: TokenCookie) -> Iterator[None]:
        """Have `cookie` cleared when its token turns out to be none of this kind of session."""
        try:
            yield
        except TokenInvalid:
            cookie.refuse(scope)
            raise

    def check_page(self, scope: HTTPScope) -> None:
        """Raise CsrfFailed when a cookie came with a change that a foreign page may have sent."""
        if scope["method"] not in SAFE_METHODS:
            check_origin(scope, self.allowed_origins)

    def check_token(self, scope: HTTPScope, session_id: UUID) -> None:
        """Raise CsrfFailed when a change comes without a CSRF token of its session."""
        if scope["method"] not in SAFE_METHODS:
            self.csrf.check(scope, session_id)

    def check_login(self, scope: HTTPScope) -> None:
        """Raise CsrfFailed when a foreign page logs its visitor in, to an account of its own."""
        refuse_foreign_origin(scope, self.allowed_origins)
