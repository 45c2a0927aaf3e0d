"""Drain state of a server process during graceful shutdown."""

import asyncio


class Drain:
    """Whether the end has begun, and which calls are still at work.

    It begins once and is never taken back. `seen` counts every call that came.
    """

    def __init__(self) -> None:
        self.has_begun = False
        self.seen = 0
        self.is_cut = False
        self._calls: set[asyncio.Task[object]] = set()

    def begin(self) -> None:
        self.has_begun = True

    def enter(self, call: asyncio.Task[object]) -> None:
        self.seen += 1
        self._calls.add(call)

    def exit(self, call: asyncio.Task[object]) -> None:
        self._calls.discard(call)

    def cut(self) -> None:
        """Break off what is still at work; what is not committed by then does not happen."""
        self.is_cut = True
        for call in self._calls:
            call.cancel()
