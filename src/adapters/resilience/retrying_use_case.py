"""Retry around a use case."""

from typing import TypeVar

from adapters.resilience.retry import Retry
from application.commits import track_commits, untrack_commits
from application.use_case import UseCase
from domain.errors import DomainError

C = TypeVar("C")
R = TypeVar("R")


class RetryingUseCase(UseCase[C, R]):
    """Runs the use case again as a whole: what it read before may no longer be true.

    That is safe only while none of its transactions was committed, which `retry` can ask of
    `has_committed`.
    """

    def __init__(self, name: str, inner: UseCase[C, R], retry: Retry) -> None:
        self.inner = inner
        self._is_transient = retry.is_transient
        self._again = retry.after(name, inner)

    async def __call__(self, command: C) -> R:
        # Nearly every run is the only one, so the first goes through as little as may be.
        watching = track_commits()
        try:
            try:
                return await self.inner(command)
            except DomainError as error:
                if not self._is_transient(error):
                    raise
                failed = error
            return await self._again([failed], command)
        finally:
            untrack_commits(watching)
