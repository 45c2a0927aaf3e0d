"""Refresh a session."""

from dataclasses import dataclass, field

from application.ports.clock import Clock
from application.ports.secret_generator import SecretGenerator
from application.ports.session_repository import SESSIONS
from application.ports.unit_of_work import UnitOfWorkFactory
from application.session.session_opener import TokenIssuer, TokenPair
from domain.session.errors import RefreshTokenReused, TokenInvalid
from domain.session.refresh_token import RefreshSecret
from domain.session.session import Lifetimes, SessionMode


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshSession:
    """`mode` is how the token was presented: in a cookie, or in any other way."""

    refresh_token: str = field(repr=False)
    mode: SessionMode = SessionMode.TOKEN


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshSessionHandler:
    """Exchange a refresh token for the next pair (RFC 9700 §4.14.2, rotation)."""

    unit_of_work: UnitOfWorkFactory
    issuer: TokenIssuer
    secrets: SecretGenerator
    clock: Clock
    lifetimes: Lifetimes

    async def __call__(self, command: RefreshSession) -> TokenPair:
        presented = RefreshSecret.parse(command.refresh_token)
        secret = self.secrets.new_secret()
        async with self.unit_of_work() as uow:
            found = await uow.repository(SESSIONS).find_by_token(presented.digest)
            if found is None:
                raise TokenInvalid
            session, token = found
            # Read under the lock: a time from before the wait could lie before the rotation
            # that was waited for.
            now = self.clock.now()
            session.use(command.mode)
            try:
                successor = session.rotate(token, secret, now, self.lifetimes)
            except RefreshTokenReused:
                await uow.repository(SESSIONS).save(session)
                await uow.commit()
                raise
            await uow.repository(SESSIONS).save(session)
            await uow.repository(SESSIONS).add_token(successor)
            pair = await self.issuer.pair(session, secret, now)
            await uow.commit()
        return pair
