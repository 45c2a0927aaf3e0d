"""Decorator of a use case: its actor, its retry and its span."""

from collections.abc import Coroutine
from dataclasses import fields
from typing import Any, TypeVar

from adapters.resilience.retry import Retry
from adapters.resilience.track_active_user import TrackActiveUser
from application.actor import acting
from application.commits import track_commits, untrack_commits
from application.handlers import HANDLERS, UNDECORATED, Assembly, command_of
from application.health.check_readiness import CheckReadiness, Readiness
from application.ports.active_users import ActiveUsers
from application.ports.tracer import Tracer
from application.use_case import UseCase
from application.use_cases import UseCases
from domain.errors import DomainError

C = TypeVar("C")
R = TypeVar("R")


class UseCasePolicy(UseCase[C, R]):
    """Runs the use case again as a whole where `retry` allows it: what it read may be outdated.

    With `has_actor` the command's actor is bound for the audit trail. With `writes` its commits
    are tracked, since one of them rules a retry out; a read has none.
    """

    def __init__(
        self,
        name: str,
        inner: UseCase[C, R],
        *,
        retry: Retry,
        tracer: Tracer,
        has_actor: bool,
        writes: bool,
    ) -> None:
        self.inner = inner
        self._name = name
        self._tracer = tracer
        self._is_transient = retry.is_transient
        self._again = retry.after(name, inner)
        self._has_actor = has_actor
        self._run = self._bound if writes else self._retried

    def __call__(self, command: C) -> Coroutine[Any, Any, R]:
        return self._traced(command) if self._tracer.is_on else self._run(command)

    async def _traced(self, command: C) -> R:
        with self._tracer.span(self._name):
            return await self._run(command)

    async def _bound(self, command: C) -> R:
        actor = acting.set(command.actor if self._has_actor else None)  # type: ignore[attr-defined]  # it has one
        commits = track_commits()
        try:
            return await self._retried(command)
        finally:
            untrack_commits(commits)
            acting.reset(actor)

    async def _retried(self, command: C) -> R:
        # Nearly every run is the only one, so the first is as short as may be.
        try:
            return await self.inner(command)
        except DomainError as error:
            if not self._is_transient(error):
                raise
            failed = error
        return await self._again([failed], command)


def build_use_cases(
    assembly: Assembly,
    retry: Retry,
    tracer: Tracer,
    active: ActiveUsers,
    check_readiness: UseCase[CheckReadiness, Readiness],
) -> UseCases:
    """Build every handler, each in the decorator that it needs."""
    built: dict[str, Any] = {
        name: UseCasePolicy(
            name,
            assembly.build(kind),
            retry=retry,
            tracer=tracer,
            has_actor="actor" in {field.name for field in fields(command_of(kind))},
            writes=assembly.writes(kind),
        )
        for name, kind in HANDLERS.items()
    }
    built |= {name: assembly.build(kind) for name, kind in UNDECORATED.items()}
    built["authenticate"] = TrackActiveUser(built["authenticate"], active)
    return UseCases(**built, check_readiness=check_readiness)
