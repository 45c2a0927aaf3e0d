import asyncio
from collections.abc import Iterator

import pytest

from entrypoints.http import leaving
from entrypoints.http.arrivals import Arrivals


def coming(monkeypatch: pytest.MonkeyPatch, found: Iterator[Arrivals]) -> None:
    monkeypatch.setattr(leaving, "arrivals", lambda: next(found))


async def test_at_a_door_that_stays_open_a_moment_without_anybody_is_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = iter([Arrivals(1, 0), Arrivals(0, 1), Arrivals(0, 0)])
    coming(monkeypatch, found)

    await leaving._nobody_at_the_door(asyncio.get_running_loop().time() + 60)

    assert next(found, None) is None
