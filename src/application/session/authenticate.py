"""Authenticate a token."""

from dataclasses import dataclass, field

from application.actor import Account
from application.ports.access_tokens import AccessTokens
from application.ports.clock import Clock
from application.ports.session_reader import SessionReader
from domain.session.errors import SessionRevoked, TokenInvalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticate:
    access_token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticateHandler:
    """Tell who an access token speaks for, as of now: its session must still be live."""

    tokens: AccessTokens
    sessions: SessionReader
    clock: Clock

    async def __call__(self, command: Authenticate) -> Account:
        now = self.clock.now()
        claims = await self.tokens.verify(command.access_token, now)
        live = await self.sessions.find_live(claims.session_id, now)
        if live is None or live.account.user_id != claims.user_id:
            raise SessionRevoked
        generation, recovery = claims.generation, live.recovery
        if recovery and generation is not None and recovery.passed_over(generation):
            raise TokenInvalid("The session was refreshed again since. Use its newest token.")
        return live.account
