"""Identify a session."""

from dataclasses import dataclass, field
from uuid import UUID

from application.ports.clock import Clock
from application.ports.session_repository import SESSIONS
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.session.errors import SessionRevoked, TokenInvalid
from domain.session.refresh_token import RefreshSecret
from domain.session.session import SessionMode


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifySession:
    """`mode` is how the token was presented: in a cookie, or in any other way."""

    refresh_token: str = field(repr=False)
    mode: SessionMode = SessionMode.TOKEN


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifySessionHandler:
    """Return the live session of a refresh token, without using the token up.

    It does not check for reuse; only an exchange does, since it can end the session.
    """

    unit_of_work: UnitOfWorkFactory
    clock: Clock

    async def __call__(self, command: IdentifySession) -> UUID:
        presented = RefreshSecret.parse(command.refresh_token)
        async with self.unit_of_work() as uow:
            found = await uow.repository(SESSIONS).find_by_token(presented.digest)
        if found is None:
            raise TokenInvalid
        session, _ = found
        if not session.is_live(self.clock.now()):
            raise SessionRevoked
        session.use(command.mode)
        return session.id
