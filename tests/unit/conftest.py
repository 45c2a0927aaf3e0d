"""Unit tests reach no network: what would open an Internet socket is an error that says so."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

INTERNET = (socket.AF_INET, socket.AF_INET6)
REACHING_OUT = ("bind", "connect", "connect_ex", "sendto")


class NetworkInUnitTestError(AssertionError):
    """A unit test tried to use the network."""


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forbid Internet sockets; asyncio's own socket pair is a Unix one and keeps working."""
    for name in REACHING_OUT:
        monkeypatch.setattr(socket.socket, name, _guarded(name, getattr(socket.socket, name)))


def _guarded(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, *arguments: Any) -> Any:  # noqa: ANN401 - the method's own
        if self.family in INTERNET:
            raise NetworkInUnitTestError(
                f"unit tests open no sockets, this one called {name}{arguments}; "
                "use a memory twin, or move it to tests/integration"
            )
        return original(self, *arguments)

    return guarded
