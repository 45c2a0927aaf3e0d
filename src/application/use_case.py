"""Protocol of a use case."""

from typing import Protocol, TypeVar

C = TypeVar("C", contravariant=True)
R = TypeVar("R", covariant=True)


class UseCase(Protocol[C, R]):
    """Takes a frozen command, gives a result or raises a `DomainError`."""

    async def __call__(self, command: C, /) -> R: ...
