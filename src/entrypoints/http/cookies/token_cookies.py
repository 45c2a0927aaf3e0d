"""Token cookies: names, attributes, parsing (RFC 6265bis)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, cast

from litestar.datastructures import Cookie, ResponseHeader
from litestar.types import HTTPScope

from application.errors import InvalidInput
from domain.session.errors import TokenInvalid
from entrypoints.http.cookies.csrf import values

AUTH_PATH: Final = "/api/v1/auth"
MAX_BYTES: Final = 32 * 1024
"""Of all cookies of a request, ours and others'; browsers keep 4096 of each (RFC 6265 §6.1)."""

MAX_COOKIES: Final = 512
"""Of a request; browsers keep 180 of a domain at most."""

COOKIES: Final = ResponseHeader(
    name="Set-Cookie",
    description="Sets, or takes away, the two cookies of a browser's session; not there otherwise.",
    documentation_only=True,
)
DEVICE_COOKIE: Final = ResponseHeader(
    name="Set-Cookie",
    description="Sets the cookie by which the device is recognised at the next log-in.",
    documentation_only=True,
)

CLEARED: Final = "cleared_cookies"
"""Where in the state of a scope refused cookies stand: every response clears them."""
# What a token of ours is made of; it needs no quotes and no escapes (RFC 6265 §4.1.1).
_VALUE: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")
# RFC 6265bis writes it so; the framework's type knows lower case only.
_STRICT: Final = cast("Literal['strict']", "Strict")


@dataclass(frozen=True, slots=True)
class TokenCookie:
    """A cookie that no script reads and no other site makes a browser send."""

    name: str
    path: str
    is_secure: bool

    def set_cookie(self, token: str, lifetime: timedelta) -> Cookie:
        """Set it."""
        return self._cookie(token, int(lifetime.total_seconds()))

    def clear_cookie(self) -> Cookie:
        """Take it away."""
        return self._cookie("", 0)

    def read(self, scope: HTTPScope) -> str | None:
        """Give the token that came in it, None when it did not come.

        Raises TokenInvalid when it came more than once, as it does when a neighbour's page
        plants another one, and for what can be no token; the answer then clears it. Raises
        InvalidInput for more cookies than anybody reads.
        """
        found = [value for name, value in _pairs(scope) if name == self.name]
        if not found:
            return None
        if len(found) > 1 or not _VALUE.fullmatch(found[0]):
            self.refuse(scope)
            reason = f"The cookie {self.name} came more than once." if len(found) > 1 else None
            raise TokenInvalid(reason)
        return found[0]

    def refuse(self, scope: HTTPScope) -> None:
        """Have the answer clear the cookie, whatever it is."""
        scope.setdefault("state", {}).setdefault(CLEARED, []).append(self.clear_cookie())

    def _cookie(self, value: str, max_age: int) -> Cookie:
        return Cookie(
            self.name,
            path=self.path,
            value=value,
            max_age=max_age,
            secure=self.is_secure,
            httponly=True,
            samesite=_STRICT,
        )


@dataclass(frozen=True, slots=True)
class TokenCookies:
    """The cookies of the access token, the refresh token, and the device.

    `former` are those of earlier releases, which are only cleared.
    """

    access: TokenCookie
    refresh: TokenCookie
    device: TokenCookie
    former: tuple[TokenCookie, ...] = ()


# The prefix is a promise that browsers check (RFC 6265bis §4.1.3.2): `__Host-` is set by this host
# alone, for all of its paths. Any other name can be planted by a page of a neighbouring host.
SECURE: Final = TokenCookies(
    TokenCookie("__Host-access", "/", is_secure=True),
    TokenCookie("__Host-refresh", "/", is_secure=True),
    TokenCookie("__Host-device", "/", is_secure=True),
    (TokenCookie("__Secure-refresh", AUTH_PATH, is_secure=True),),
)
PLAIN: Final = TokenCookies(
    TokenCookie("access", "/", is_secure=False),
    TokenCookie("refresh", "/", is_secure=False),
    TokenCookie("device", "/", is_secure=False),
    (TokenCookie("refresh", AUTH_PATH, is_secure=False),),
)


def _pairs(scope: HTTPScope) -> Iterator[tuple[str, str]]:
    """Names and values as RFC 6265 §4.2.1 writes them: nothing is unquoted, decoded or mended.

    Other cookies of this host are ignored.
    """
    # HTTP/2 may send each in a header of its own (RFC 9113 §8.2.3).
    text = ";".join(values(scope, b"cookie"))
    if len(text) > MAX_BYTES:
        raise InvalidInput(f"The cookies of a request have {MAX_BYTES} bytes at most.")
    if text.count(";") >= MAX_COOKIES:
        raise InvalidInput(f"A request has {MAX_COOKIES} cookies at most.")
    for pair in text.split(";"):
        name, separator, value = pair.strip(" \t").partition("=")
        if separator:
            yield name, value
