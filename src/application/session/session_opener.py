"""What logging in and signing up have in common: a session, and the tokens for it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from application.context import call_context
from application.limits.subject import network_of
from application.ports.access_tokens import AccessClaims, AccessTokens
from application.ports.id_generator import IdGenerator
from application.ports.secret_generator import SecretGenerator
from application.ports.unit_of_work import UnitOfWork
from domain.session.refresh_token import RefreshSecret
from domain.session.session import Session, SessionMode


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPair:
    """What a client needs to go on; both secrets are hidden from `repr`.

    `expires_in` is the life of the access token in seconds.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in: int
    session_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenIssuer:
    """Makes the two tokens of a session that is in hand."""

    tokens: AccessTokens
    ids: IdGenerator
    access_ttl: timedelta

    async def pair(
        self, user_id: UUID, session_id: UUID, secret: RefreshSecret, now: datetime
    ) -> TokenPair:
        claims = AccessClaims(
            user_id=user_id,
            session_id=session_id,
            token_id=self.ids.new_id(),
            issued_at=now,
            expires_at=now + self.access_ttl,
        )
        return TokenPair(
            access_token=await self.tokens.sign(claims),
            refresh_token=secret.value,
            expires_in=int(self.access_ttl.total_seconds()),
            session_id=session_id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOpener:
    """Opens a session in a unit of work that the caller commits."""

    issuer: TokenIssuer
    ids: IdGenerator
    secrets: SecretGenerator
    refresh_ttl: timedelta

    async def __call__(
        self,
        uow: UnitOfWork,
        user_id: UUID,
        now: datetime,
        mode: SessionMode = SessionMode.TOKEN,
    ) -> TokenPair:
        context = call_context.get()
        secret = self.secrets.new_secret()
        session, token = Session.open(
            id=self.ids.new_id(),
            user_id=user_id,
            secret=secret,
            now=now,
            ttl=self.refresh_ttl,
            client_address=context.client_address,
            user_agent=context.user_agent,
            mode=mode,
            network=network_of(context.client_address),
        )
        await uow.sessions.add(session, token)
        return await self.issuer.pair(user_id, session.id, secret, now)
