"""Opens a session and issues its token pair, for log-in and registration."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from application.context import call_context
from application.limits.subject import network_of
from application.ports.access_tokens import AccessClaims, AccessTokens
from application.ports.id_generator import IdGenerator
from application.ports.secret_generator import SecretGenerator
from application.ports.session_repository import SESSIONS
from application.ports.unit_of_work import UnitOfWork
from domain.session.events import EndReason, SessionsEnded
from domain.session.refresh_token import RefreshSecret
from domain.session.session import Lifetimes, Session, SessionMode


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPair:
    """Access and refresh token of a session; hidden from `repr`.

    `expires_in` is the life of the access token in seconds.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in: int
    session_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenIssuer:
    """Issues the access and refresh token of a session."""

    tokens: AccessTokens
    ids: IdGenerator
    access_ttl: timedelta

    async def pair(self, session: Session, secret: RefreshSecret, now: datetime) -> TokenPair:
        """Return the pair; the access token does not outlive its session."""
        lifetime = min(self.access_ttl, session.expires_at - now)
        claims = AccessClaims(
            user_id=session.user_id,
            session_id=session.id,
            token_id=self.ids.new_id(),
            issued_at=now,
            expires_at=now + lifetime,
            generation=session.generation,
        )
        return TokenPair(
            access_token=await self.tokens.sign(claims),
            refresh_token=secret.value,
            expires_in=int(lifetime.total_seconds()),
            session_id=session.id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOpener:
    """Opens a session in a unit of work that the caller commits, which has locked the account.

    A user has at most `sessions_per_user`: the live one that was unused for longest ends.
    """

    issuer: TokenIssuer
    ids: IdGenerator
    secrets: SecretGenerator
    lifetimes: Lifetimes
    sessions_per_user: int

    async def __call__(
        self,
        uow: UnitOfWork,
        user_id: UUID,
        now: datetime,
        mode: SessionMode = SessionMode.TOKEN,
        *,
        is_only: bool = False,
    ) -> TokenPair:
        """Return the tokens of a new session; with `is_only` the user has no other live one."""
        context = call_context.get()
        secret = self.secrets.new_secret()
        session, token = Session.open(
            id=self.ids.new_id(),
            user_id=user_id,
            secret=secret,
            now=now,
            lifetimes=self.lifetimes,
            client_address=context.client_address,
            user_agent=context.user_agent,
            mode=mode,
            network=network_of(context.client_address),
        )
        if not is_only:
            await self._make_room(uow, session)
        await uow.repository(SESSIONS).add(session, token)
        return await self.issuer.pair(session, secret, now)

    async def _make_room(self, uow: UnitOfWork, opened: Session) -> None:
        keep, now = self.sessions_per_user - 1, opened.created_at
        ended = await uow.repository(SESSIONS).end_surplus(
            opened.user_id, keep, EndReason.SESSION_LIMIT, now
        )
        if ended:
            opened.record(
                SessionsEnded(
                    user_id=opened.user_id,
                    occurred_at=now,
                    session_ids=ended.ids,
                    count=ended.count,
                    reason=EndReason.SESSION_LIMIT,
                )
            )
