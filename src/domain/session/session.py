"""Session aggregate: one log-in on one device, with refresh token rotation (RFC 9700 §4.14.2)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from domain.events import Aggregate
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
    """Where a client keeps its tokens; the values are stored."""

    TOKEN = "token"  # noqa: S105 - a word, not a token
    COOKIE = "cookie"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """How long a refresh token lives unused, and a session however often it is refreshed.

    Within `grace` of a rotation the exchanged token returns siblings of its successor.
    """

    ttl: timedelta
    grace: timedelta
    longest: timedelta

    def end_of(self, created_at: datetime, now: datetime) -> datetime:
        """Return the expiry of a session that was created then and is used now."""
        return min(now + self.ttl, created_at + self.longest)


@dataclass(frozen=True, slots=True)
class Recovery:
    """A refresh that was repeated after the grace, because its response was lost.

    The token of `parent` was presented again and started `generation`. The generations between are
    superseded: their tokens are not those of the client that repeated the refresh.
    """

    parent: int
    generation: int

    def passed_over(self, generation: int) -> bool:
        """Whether access tokens of this generation are refused.

        Those from before the parent are, too: they were replaced, and a list of all generations
        that were ever passed over would have no end.
        """
        return generation < self.generation and generation != self.parent


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
        lifetimes: Lifetimes,
        client_address: str | None,
        user_agent: str | None,
        mode: SessionMode = SessionMode.TOKEN,
        network: str | None = None,
    ) -> "tuple[Session, RefreshToken]":
        """Start a session; returns it with its first refresh token."""
        session = cls(
            id=id,
            user_id=user_id,
            created_at=now,
            last_used_at=now,
            expires_at=lifetimes.end_of(now, now),
            began_at=now,
            mode=mode,
            network=network,
            client_address=client_address,
            user_agent=user_agent,
        )
        session.record(SessionOpened(user_id=user_id, occurred_at=now, session_id=id))
        return session, session._token(secret, now)

    def use(self, mode: SessionMode) -> None:
        """Check that a token is presented in the mode of its session; raises TokenInvalid.

        Else a neighbouring site could plant its own token as a cookie (session fixation). A
        session from before there were modes takes that of its next use. Raises TokenInvalid; the
        session goes on, for that is no theft.
        """
        if self.mode is None:
            self.mode = mode
        elif self.mode is not mode:
            raise TokenInvalid(
                f"This token belongs to a session in {self.mode} mode.",
                context={"session_id": str(self.id), "mode": mode},
            )

    def rotate(
        self, presented: RefreshToken, secret: RefreshSecret, now: datetime, lifetimes: Lifetimes
    ) -> RefreshToken:
        """Exchange a presented token for one of the current generation (RFC 9700 §4.14.2).

        The current generation rotates. Its parent gets siblings within the grace, for parallel
        and repeated requests; after that the answer was lost, and it begins another generation.
        Anything else is a copy in somebody's hands: the session has ended when RefreshTokenReused
        is raised, and that must be stored. An expired token is none, whatever its generation.
        """
        if self.ended_at is not None:
            raise SessionRevoked
        expires_at = lifetimes.end_of(self.created_at, now)
        if now >= min(presented.expires_at, expires_at):
            raise TokenExpired
        recovers = False
        if presented.generation == self.generation:
            self._begin_generation(now)
        elif presented.generation != self.parent:
            self.end(EndReason.REUSED, now)
            raise RefreshTokenReused
        elif now < self.began_at + lifetimes.grace:
            self._add_sibling()
        else:
            recovers = True
            self._begin_generation(now)
            self.recovery = Recovery(presented.generation, self.generation)
        self.last_used_at, self.expires_at = now, expires_at
        self.record(
            SessionRefreshed(
                user_id=self.user_id,
                occurred_at=now,
                session_id=self.id,
                generation=self.generation,
                recovers=recovers,
            )
        )
        return self._token(secret, now)

    @property
    def parent(self) -> int | None:
        """The generation whose token began the current one, None for the first."""
        if self.recovery is not None and self.recovery.generation == self.generation:
            return self.recovery.parent
        return self.generation - 1 if self.generation else None

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
        """Return an equal session without events, as a storage adapter would rebuild it."""
        return replace(self)

    def _begin_generation(self, now: datetime) -> None:
        self.generation += 1
        self.siblings = 1
        self.began_at = now

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
