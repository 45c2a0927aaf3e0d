"""Breached passwords by the range protocol of Have I Been Pwned.

https://haveibeenpwned.com/API/v3#SearchingPwnedPasswordsByRange
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import httpx

from application.errors import DependencyUnavailable
from application.invalid_settings import InvalidSettings
from application.ports.breached_passwords import BreachedPasswords
from application.settings import Settings
from domain.user.password import Password

Headers = Callable[[], Mapping[str, str]]

NAME = "breached passwords"
"""What its outages are called."""

PREFIX = 5
"""Hexadecimal digits of the SHA-1 that leave the process: a million passwords share them."""

MAX_ANSWER = 1024 * 1024
"""Bytes; a padded answer has about 40,000."""

PATIENCE = 5.0
"""Seconds for one request; a caller with less time sets a deadline."""

_LINE = re.compile(r"(?P<suffix>[0-9A-F]{35}):(?P<count>\d{1,12})", re.ASCII | re.IGNORECASE)


def create(url: str, _: Settings, headers: Headers | None = None) -> "RangeApi":
    """Build the client of `https://api.pwnedpasswords.com`, or of a mirror; raises InvalidSettings.

    Plain `http` is for mirrors on the same machine or network. `headers` gives those that tie
    each request to the trace that it is a part of.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise InvalidSettings(
            ("BREACHED_PASSWORDS_URL: write https://host, or https://host/path.",)
        )
    return RangeApi(url.rstrip("/"), headers=headers)


class RangeApi(BreachedPasswords):
    """Asks for all breached passwords whose SHA-1 begins alike, and looks among them itself.

    An answer that is not of the protocol counts as no answer: a captive portal or a broken
    mirror must not pass for a clean password.
    """

    name = NAME

    def __init__(
        self,
        base_url: str,
        transport: httpx.AsyncBaseTransport | None = None,
        headers: Headers | None = None,
    ) -> None:
        self._base_url = base_url
        self._headers = headers or dict
        self._transport = transport
        self._client: httpx.AsyncClient | None = None

    async def open(self) -> None:
        self._client = httpx.AsyncClient(
            # Padding hides the number of matches from an observer of the answer's length.
            headers={"Add-Padding": "true", "User-Agent": "armature"},
            timeout=PATIENCE,
            follow_redirects=False,
            transport=self._transport,
            # A proxy from the environment would be a surprise in a path that passwords take.
            trust_env=False,
        )

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def check(self) -> None:
        await self.contains(Password("password123"))

    async def contains(self, password: Password) -> bool:
        digest = hashlib.sha1(password.value.encode(), usedforsecurity=False).hexdigest().upper()
        suffixes = _suffixes(await self._fetch(digest[:PREFIX]))
        return digest[PREFIX:] in suffixes

    async def _fetch(self, prefix: str) -> str:
        if self._client is None:
            raise _unavailable("not open")
        try:
            url = f"{self._base_url}/range/{prefix}"
            async with self._client.stream("GET", url, headers=self._headers()) as answer:
                if answer.status_code != httpx.codes.OK:
                    raise _unavailable(f"status {answer.status_code}")
                return (await _read(answer)).decode("ascii")
        except (httpx.HTTPError, UnicodeDecodeError) as error:
            raise _unavailable(type(error).__name__) from error


async def _read(answer: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in answer.aiter_bytes():
        body += chunk
        if len(body) > MAX_ANSWER:
            raise _unavailable("the answer is too long")
    return bytes(body)


def _suffixes(answer: str) -> frozenset[str]:
    """Read lines of `SUFFIX:COUNT`; a count of 0 is padding."""
    lines = [_LINE.fullmatch(line) for line in answer.splitlines()]
    found = [line for line in lines if line is not None]
    if not found or len(found) < len(lines):
        raise _unavailable("the answer is not of the protocol")
    return frozenset(line["suffix"].upper() for line in found if int(line["count"]))


def _unavailable(reason: str) -> DependencyUnavailable:
    return DependencyUnavailable(dependency=NAME, context={"reason": reason})
