"""Ports: open and close, and health check."""

from typing import Protocol


class Lifecycle(Protocol):
    """Opens and closes connections, threads or files."""

    async def open(self) -> None:
        """Get ready. Raises DependencyUnavailable, or DatabaseFailure, when it cannot."""
        ...

    async def close(self) -> None:
        """Let go of everything; does nothing when it is not open."""
        ...


class HealthCheck(Protocol):
    """A dependency with a health check."""

    @property
    def name(self) -> str:
        """What an operator calls it: `database`, `cache`."""
        ...

    async def check(self) -> None:
        """Do the cheapest thing that proves it works; raises when it does not."""
        ...
