"""The session: one log-in on one device, kept alive by rotating refresh tokens."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from domain.aggregate import Aggregate
from domain.session.errors import (
    RefreshTokenReused,
    SessionRevoked,
    TokenExpired,
    TokenInvalid,
)
from domain.session.events import EndReason, SessionOpened, SessionRefreshed, SessionsEnded
from domain.session.refresh_token import RefreshSecret, RefreshToken

MAX_SIBLINGS = 64
"""Tokens of one generation at most: enough for every tab and retry, no use for minting."""


class SessionMode(StrEnum):
    """How a client holds its tokens; the values are stored."""

    TOKEN = "token"  # noqa: S105 - a word, not a token
    COOKIE = "cookie"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """How long a refresh token lives unused, and how long it works on once superseded."""

    ttl: timedelta
    grace: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """A refresh whose answer was lost, and that was repeated after the grace.

    The token of `parent` was presented again and began `generation`; those between were passed
    over, as nobody who follows the rules has anything of them.
    """

    parent: int
    generation: int


@dataclass(slots=True, eq=False, kw_only=True)
class Session(Aggregate):
    """A log-in. Its constructor rebuilds it from storage; `open` makes a new one.

    `generation` is that of its newest refresh tokens, `siblings` how many of those there are, and
    `began_at` when the first of them was issued. `recovery` is the last one, if there was any.
    `mode` is None for a session from before there were modes: its tokens work in either.
    `network` is where the user logged in, as `198.51.100.0/24` or `2001:db8:1::/48`.
    """

    id: UUID
    user_id: UUID
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    began_at: datetime
    mode: SessionMode | None = None
    network: str | None = None
    client_address: str | None = None
    user_agent: str | None = None
    generation: int = 0
    siblings: int = 1
    recovery: Recovery | None = None
    ended_at: datetime | None = None
    end_reason: EndReason | None = None

    @classmethod
    def open(
        cls,
        *,
        id: UUID,
        user_id: UUID,
        secret: RefreshSecret,
        now: datetime,
        ttl: timedelta,
        client_address: str | None,
        user_agent: str | None,
        mode: SessionMode = SessionMode.TOKEN,
        network: str | None = None,
    ) -> "tuple[Session, RefreshToken]":
        """Begin a session; gives it with its first refresh token."""
        session = cls(
            id=id,
            user_id=user_id,
            created_at=now,
            last_used_at=now,
            expires_at=now + ttl,
            began_at=now,
            mode=mode,
            network=network,
            client_address=client_address,
            user_agent=user_agent,
        )
        session.record(SessionOpened(user_id=user_id, occurred_at=now, session_id=id))
        return session, session._token(secret, now)

    def rotate(
        self, presented: RefreshToken, secret: RefreshSecret, now: datetime, lifetimes: Lifetimes
    ) -> RefreshToken:
        """Exchange a presented token for one of the current generation.

        The newest generation is superseded by the next one. A generation superseded less than
        the grace ago gets a sibling in the current one, so that parallel and repeated requests
        of an honest client succeed. Anything older is a copy in somebody's hands: the session
        has ended when RefreshTokenReused is raised, and that must be stored.
        """
        if self.ended_at is not None:
            raise SessionRevoked
        if presented.generation == self.generation:
            self._check_unexpired(presented, now)
            self.generation += 1
            self.siblings = 1
        elif self._in_grace(presented, now, lifetimes.grace):
            self._add_sibling()
        else:
            self.end(EndReason.REUSED, now)
            raise RefreshTokenReused
        self.last_used_at = now
        self.expires_at = now + lifetimes.ttl
        self.record(
            SessionRefreshed(
                user_id=self.user_id,
                occurred_at=now,
                session_id=self.id,
                generation=self.generation,
            )
        )
        return self._token(secret, now)

    def end(self, reason: EndReason, now: datetime) -> None:
        if self.ended_at is not None:
            return
        self.ended_at, self.end_reason = now, reason
        self.record(
            SessionsEnded(
                user_id=self.user_id, occurred_at=now, session_ids=(self.id,), reason=reason
            )
        )

    def is_live(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.expires_at

    def copy(self) -> "Session":
        """Give an equal session without the events, as a storage adapter would rebuild it."""
        return replace(self)

    @staticmethod
    def _check_unexpired(token: RefreshToken, now: datetime) -> None:
        if now >= token.expires_at:
            raise TokenExpired

    @staticmethod
    def _in_grace(token: RefreshToken, now: datetime, grace: timedelta) -> bool:
        return token.superseded_at is not None and now - token.superseded_at < grace

    def _add_sibling(self) -> None:
        if self.siblings >= MAX_SIBLINGS:
            raise TokenInvalid(
                "This refresh token was exchanged too often. Use the newest one you were given.",
                context={"session_id": str(self.id), "siblings": self.siblings},
            )
        self.siblings += 1

    def _token(self, secret: RefreshSecret, now: datetime) -> RefreshToken:
        return RefreshToken(
            digest=secret.digest,
            session_id=self.id,
            generation=self.generation,
            issued_at=now,
            expires_at=self.expires_at,
        )
