"""Decorator that binds the actor of a use case, for the audit trail."""

from typing import TypeVar

from application.actor import acting
from application.use_case import UseCase

C = TypeVar("C")
R = TypeVar("R")


class ActingUseCase(UseCase[C, R]):
    """Tells whoever is deep inside who acts, if the command says so: the audit trail, mostly."""

    def __init__(self, inner: UseCase[C, R]) -> None:
        self.inner = inner

    async def __call__(self, command: C) -> R:
        token = acting.set(getattr(command, "actor", None))
        try:
            return await self.inner(command)
        finally:
            acting.reset(token)
