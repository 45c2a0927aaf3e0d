import asyncio
from collections.abc import Iterator

import pytest

from entrypoints.http.server import graceful_shutdown
from entrypoints.http.server.sockets import PendingConnections


def coming(monkeypatch: pytest.MonkeyPatch, found: Iterator[PendingConnections]) -> None:
    monkeypatch.setattr(graceful_shutdown, "pending_connections", lambda: next(found))


async def test_at_a_door_that_stays_open_a_moment_without_anybody_is_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = iter([PendingConnections(1, 0), PendingConnections(0, 1), PendingConnections(0, 0)])
    coming(monkeypatch, found)

    await graceful_shutdown._none_pending(asyncio.get_running_loop().time() + 60)

    assert next(found, None) is None
