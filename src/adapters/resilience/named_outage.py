"""Names the dependency in an outage as operators know it."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from application.errors import DependencyUnavailable

T = TypeVar("T")


async def naming(dependency: str, call: Callable[[], Awaitable[T]]) -> T:
    """Do `call`; its DependencyUnavailable is raised as one of `dependency`.

    An adapter names what it connects to, of which several ports may be made.
    """
    try:
        return await call()
    except DependencyUnavailable as error:
        raise DependencyUnavailable(dependency=dependency) from error
