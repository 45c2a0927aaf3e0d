"""Access tokens as signed JWTs (RFC 7519, RFC 9068, RFC 8725)."""

import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from joserfc.util import json_b64encode, urlsafe_b64decode, urlsafe_b64encode

from adapters.jwt.keys import Key, Keys
from application.ports.access_tokens import AccessClaims, AccessTokens
from application.settings import TokenSettings
from domain.session.errors import TokenExpired, TokenInvalid

LEEWAY: Final = timedelta(seconds=5)
"""How far apart the clocks of two processes may be."""
MAX_BYTES: Final = 4096
MAX_KNOWN: Final = 10_000
"""Tokens that are remembered at most, a kilobyte each."""
_SEGMENTS: Final = 3
# The last second of the year 9999, less the leeway.
_LAST_SECOND: Final = 253_402_300_790


@dataclass(frozen=True, slots=True)
class _Known:
    """The parts of a verified token that never change: claims, validity and key."""

    claims: AccessClaims
    begins: datetime
    ends: datetime
    key: Key


class JwtAccessTokens(AccessTokens):
    """Signs with one key and verifies with all, each by its own algorithm, not by a token's `alg`.

    Accepts what it makes and nothing else: the header of each key, and the type of each claim,
    are fixed. So no `jku`, `jwk`, `x5u` or `crit` is ever looked at. A token that was verified is
    remembered while its key is in use: what time does to it is looked at each time.
    """

    def __init__(self, settings: TokenSettings, keys: Keys) -> None:
        self._keys = keys
        self._issuer = settings.issuer
        self._audiences = settings.audiences
        self._known: OrderedDict[str, _Known] = OrderedDict()

    async def sign(self, claims: AccessClaims) -> str:
        audiences = self._audiences
        issued = int(claims.issued_at.timestamp())
        content: dict[str, object] = {
            "iss": self._issuer,
            # One is a plain string, several are an array (RFC 7519 §4.1.3).
            "aud": [*audiences] if len(audiences) > 1 else audiences[0],
            "sub": str(claims.user_id),
            "sid": str(claims.session_id),
            "jti": str(claims.token_id),
            "iat": issued,
            "nbf": issued,
            "exp": int(claims.expires_at.timestamp()),
        }
        if claims.generation is not None:
            content["gen"] = claims.generation
        return _token(self._keys.signing(), content)

    async def verify(self, token: str, now: datetime) -> AccessClaims:
        known = self._known.get(token)
        if known is None or self._keys.find(known.key.id) is not known.key:
            known = self._verified(token)
            # Only tokens that we signed get this far, so strangers cannot fill the memory.
            self._keep(token, known)
        else:
            self._known.move_to_end(token)
        if now < known.begins:
            raise TokenInvalid
        if now >= known.ends:
            self._known.pop(token, None)
            raise TokenExpired
        return known.claims

    def _keep(self, token: str, known: _Known) -> None:
        self._known[token] = known
        if len(self._known) > MAX_KNOWN:
            self._known.popitem(last=False)

    def _verified(self, token: str) -> _Known:
        key, content = self._authentic(token)
        if content.get("iss") != self._issuer or not self._is_for_us(content.get("aud")):
            raise TokenInvalid
        claims = AccessClaims(
            user_id=_uuid(content.get("sub")),
            session_id=_uuid(content.get("sid")),
            token_id=_uuid(content.get("jti")),
            issued_at=_time(content.get("iat")),
            expires_at=_time(content.get("exp")),
            generation=_generation(content["gen"]) if "gen" in content else None,
        )
        begins = max(claims.issued_at, _time(content.get("nbf"))) - LEEWAY
        return _Known(claims, begins, claims.expires_at + LEEWAY, key)

    def _is_for_us(self, audience: object) -> bool:
        named = audience if isinstance(audience, list) else [audience]
        return all(isinstance(each, str) for each in named) and any(
            each in self._audiences for each in named
        )

    def _authentic(self, token: str) -> tuple[Key, dict[str, object]]:
        """Return key and content of a token of ours; its size is checked before it is parsed."""
        if len(token) > MAX_BYTES or not token.isascii():
            raise TokenInvalid
        segments = token.encode("ascii").split(b".")
        if len(segments) != _SEGMENTS:
            raise TokenInvalid
        header = _object(segments[0])
        key = self._keys.find(header.get("kid"))
        if key is None or header != key.header:
            raise TokenInvalid
        if not key.verify(b".".join(segments[:2]), _bytes(segments[2])):
            raise TokenInvalid
        return key, _object(segments[1])


def _token(key: Key, claims: dict[str, object]) -> str:
    """Write and sign a token in the compact form (RFC 7515 §7.1)."""
    message = json_b64encode({**key.header}) + b"." + json_b64encode(claims)
    return (message + b"." + urlsafe_b64encode(key.sign(message))).decode("ascii")


def _bytes(segment: bytes) -> bytes:
    """Read base64url in its one spelling: no padding, no other bits at the end."""
    try:
        return urlsafe_b64decode(segment)
    except ValueError as error:
        raise TokenInvalid from error


def _object(segment: bytes) -> dict[str, object]:
    """Read an object of JSON in UTF-8 with no duplicate member (RFC 7515 §4)."""
    try:
        parsed = json.loads(_bytes(segment).decode(), object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise TokenInvalid from error
    if not isinstance(parsed, dict):
        raise TokenInvalid
    return parsed


def _unique(members: Sequence[tuple[str, object]]) -> dict[str, object]:
    unique = dict(members)
    if len(unique) != len(members):
        raise ValueError
    return unique


def _uuid(value: object) -> UUID:
    """Read a UUID in the one form that we write."""
    if isinstance(value, str):
        try:
            parsed = UUID(value)
        except ValueError as error:
            raise TokenInvalid from error
        if str(parsed) == value:
            return parsed
    raise TokenInvalid


def _generation(value: object) -> int:
    """Read a count of rotations, which fits the column that it is compared with."""
    if type(value) is not int or not 0 <= value < 2**31:
        raise TokenInvalid
    return value


def _time(value: object) -> datetime:
    """Read whole seconds since 1970; to Python, True is 1 and NaN is never in the past."""
    if type(value) is not int or not 0 <= value <= _LAST_SECOND:
        raise TokenInvalid
    return datetime.fromtimestamp(value, UTC)
