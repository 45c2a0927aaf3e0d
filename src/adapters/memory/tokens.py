"""Fake access tokens."""

import secrets
from dataclasses import replace
from datetime import datetime

from application.ports.access_tokens import AccessClaims, AccessTokens
from domain.session.errors import TokenExpired, TokenInvalid


class OpaqueAccessTokens(AccessTokens):
    """Hands out random strings and remembers what each stands for, for good."""

    def __init__(self) -> None:
        self._claims: dict[str, AccessClaims] = {}

    async def sign(self, claims: AccessClaims) -> str:
        token = secrets.token_urlsafe(32)
        self._claims[token] = replace(
            claims,
            issued_at=claims.issued_at.replace(microsecond=0),
            expires_at=claims.expires_at.replace(microsecond=0),
        )
        return token

    async def verify(self, token: str, now: datetime) -> AccessClaims:
        claims = self._claims.get(token)
        if claims is None or now < claims.issued_at:
            raise TokenInvalid
        if now >= claims.expires_at:
            raise TokenExpired
        return claims
