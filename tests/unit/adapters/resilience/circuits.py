"""Steps that tests of breakers share."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from adapters.resilience.breaker import Breaker, ConsecutiveFailures, Outcome, Permit, TripRule
from application.errors import CircuitOpen, DatabaseUnavailable
from application.ports.circuit_listener import CircuitListener, CircuitState

OPEN_FOR = 15.0


@dataclass
class Journal(CircuitListener):
    """Remembers what it hears."""

    changes: list[tuple[str, str, str]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def changed(self, name: str, before: CircuitState, after: CircuitState) -> None:
        self.changes.append((name, before.name, after.name))

    def failed(self, name: str, error: BaseException) -> None:
        self.failures.append(name)


class Bench:
    """A breaker whose time is told."""

    def __init__(self, rule: TripRule | None = None, trials: int = 3) -> None:
        self.time = 100.0
        self.journal = Journal()
        self.breaker = Breaker(
            "database",
            rule or ConsecutiveFailures(5),
            open_for=timedelta(seconds=OPEN_FOR),
            trials=trials,
            listeners=(self.journal,),
            monotonic=lambda: self.time,
        )

    def state(self) -> CircuitState:
        return self.breaker.state

    def call(self, outcome: Outcome) -> None:
        permit = self.breaker.enter()
        self.end(permit, outcome)

    @staticmethod
    def end(permit: Permit, outcome: Outcome) -> None:
        if outcome is Outcome.FAILED:
            permit.settle_by(DatabaseUnavailable())
        else:
            permit.settle(outcome)

    def refusal(self) -> CircuitOpen | None:
        """Ask for a permit, and give it back at once."""
        try:
            permit = self.breaker.enter()
        except CircuitOpen as error:
            return error
        permit.settle(Outcome.UNKNOWN)
        return None

    def trip(self) -> None:
        while self.state() is CircuitState.CLOSED:
            self.call(Outcome.FAILED)


async def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something holds, which nobody announces."""
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - nobody announces it
            await asyncio.sleep(0.001)
