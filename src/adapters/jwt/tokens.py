"""Access tokens as signed JWTs (RFC 7519, RFC 9068, RFC 8725)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from application.invalid_settings import InvalidSettings
from application.ports.access_tokens import AccessClaims, AccessTokens
from application.settings import Settings, TokenSettings
from domain.session.errors import TokenExpired, TokenInvalid

LEEWAY = timedelta(seconds=5)
"""How far apart the clocks of two processes may be."""
MAX_BYTES = 4096
_ALGORITHM = "HS256"
_HEADER = {"typ": "at+jwt", "alg": _ALGORITHM}
# The last second of the year 9999, less the leeway.
_LAST_SECOND = 253_402_300_790


def create(settings: Settings) -> "JwtAccessTokens":
    """Build the signer; raises InvalidSettings for a secret that is a public key."""
    return JwtAccessTokens(settings.tokens)


class JwtAccessTokens(AccessTokens):
    """HS256 under the secret, whatever a token says of its own algorithm.

    Accepts what it makes and nothing else: the header, and the type of each claim, are fixed.
    """

    def __init__(self, settings: TokenSettings) -> None:
        try:
            self._key = OctKey.import_key(settings.secret, {"use": "sig", "alg": _ALGORITHM})
        except ValueError as error:
            raise InvalidSettings(
                ("JWT_SECRET: this is a key that others may know; use 32 random bytes.",)
            ) from error
        self._issuer = settings.issuer
        self._audience = settings.audience

    async def sign(self, claims: AccessClaims) -> str:
        issued = int(claims.issued_at.timestamp())
        return jwt.encode(
            {**_HEADER},
            {
                "iss": self._issuer,
                "aud": self._audience,
                "sub": str(claims.user_id),
                "sid": str(claims.session_id),
                "jti": str(claims.token_id),
                "iat": issued,
                "nbf": issued,
                "exp": int(claims.expires_at.timestamp()),
            },
            self._key,
            algorithms=[_ALGORITHM],
        )

    async def verify(self, token: str, now: datetime) -> AccessClaims:
        content = self._authentic(token)
        if content.get("iss") != self._issuer or content.get("aud") != self._audience:
            raise TokenInvalid
        claims = AccessClaims(
            user_id=_uuid(content.get("sub")),
            session_id=_uuid(content.get("sid")),
            token_id=_uuid(content.get("jti")),
            issued_at=_time(content.get("iat")),
            expires_at=_time(content.get("exp")),
        )
        if max(claims.issued_at, _time(content.get("nbf"))) > now + LEEWAY:
            raise TokenInvalid
        if now >= claims.expires_at + LEEWAY:
            raise TokenExpired
        return claims

    def _authentic(self, token: str) -> dict[str, object]:
        """Give what a token of ours says; the size is checked before anything is read."""
        if len(token) > MAX_BYTES or not token.isascii():
            raise TokenInvalid
        try:
            parsed = jwt.decode(token, self._key, algorithms=[_ALGORITHM])
        except (JoseError, ValueError, TypeError, RecursionError) as error:
            # joserfc lets the last three through for headers that are strange enough.
            raise TokenInvalid from error
        if parsed.header != _HEADER:
            raise TokenInvalid
        return parsed.claims


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


def _time(value: object) -> datetime:
    """Read whole seconds since 1970; to Python, True is 1 and NaN is never in the past."""
    if type(value) is not int or not 0 <= value <= _LAST_SECOND:
        raise TokenInvalid
    return datetime.fromtimestamp(value, UTC)
