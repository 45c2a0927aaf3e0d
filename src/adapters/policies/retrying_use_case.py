"""Use cases that are done again when nothing came of them."""

from typing import TypeVar

from adapters.policies.commits import WatchedCommits
from adapters.policies.retry import Retry
from application.use_case import UseCase

C = TypeVar("C")
R = TypeVar("R")


class RetryingUseCase(UseCase[C, R]):
    """Runs the use case again as a whole: what it read before may no longer be true.

    That is safe only while none of its transactions was committed, which `retry` can ask of
    `has_committed`.
    """

    def __init__(self, name: str, inner: UseCase[C, R], retry: Retry) -> None:
        self.inner = inner
        self._call = retry.around(name, inner)

    async def __call__(self, command: C) -> R:
        with WatchedCommits():
            return await self._call(command)
