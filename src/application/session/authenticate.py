"""Authenticate a token."""

from dataclasses import dataclass, field

from application.actor import Account
from application.ports.access_tokens import AccessTokens
from application.ports.clock import Clock
from application.ports.session_reader import SessionReader
from domain.session.errors import SessionRevoked, TokenInvalid
from domain.session.session import SessionMode


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticate:
    """`mode` is how the token was presented; None accepts any."""

    access_token: str = field(repr=False)
    mode: SessionMode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticateHandler:
    """Return the account of an access token; its session must be live."""

    tokens: AccessTokens
    sessions: SessionReader
    clock: Clock

    async def __call__(self, command: Authenticate) -> Account:
        now = self.clock.now()
        claims = await self.tokens.verify(command.access_token, now)
        live = await self.sessions.find_live(claims.session_id, now)
        if live is None or live.account.user_id != claims.user_id:
            raise SessionRevoked
        if command.mode and live.mode and live.mode is not command.mode:
            raise TokenInvalid(f"This token belongs to a session in {live.mode} mode.")
        generation, recovery = claims.generation, live.recovery
        if recovery and generation is not None and recovery.passed_over(generation):
            raise TokenInvalid("The session was refreshed again since. Use its newest token.")
        return live.account
