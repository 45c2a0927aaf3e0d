from datetime import timedelta

import pytest

from adapters.resilience.wait_until_available import wait_until_available
from application.errors import DatabaseFailure, DatabaseUnavailable, DependencyUnavailable
from domain.errors import DomainError


class Bench:
    """A server that raises each of `errors`, then answers; time passes in pauses alone."""

    def __init__(self, *errors: DomainError, patience: float = 10.0) -> None:
        self.errors = list(errors)
        self.time = 100.0
        self.asked = 0
        self.pauses: list[float] = []
        self.waits: list[DependencyUnavailable] = []
        self.patience = timedelta(seconds=patience)

    async def wait(self) -> None:
        await wait_until_available(
            self._ask,
            patience=self.patience,
            on_wait=self.waits.append,
            sleep=self._sleep,
            monotonic=lambda: self.time,
        )

    async def _ask(self) -> None:
        self.asked += 1
        if self.errors:
            raise self.errors.pop(0)

    async def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.time += seconds


def down(times: int) -> list[DatabaseUnavailable]:
    return [DatabaseUnavailable(f"down {number}") for number in range(times)]


async def test_a_server_that_answers_is_asked_once() -> None:
    bench = Bench()

    await bench.wait()

    assert (bench.asked, bench.pauses, bench.waits) == (1, [], [])


async def test_pauses_double_up_to_a_limit() -> None:
    bench = Bench(*down(7))

    await bench.wait()

    assert bench.pauses == [0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0]


async def test_a_wait_is_reported_once() -> None:
    errors = down(3)
    bench = Bench(*errors)

    await bench.wait()

    assert bench.waits == errors[:1]


async def test_in_the_end_the_last_error_is_raised() -> None:
    bench = Bench(*down(100), patience=3.0)

    with pytest.raises(DatabaseUnavailable, match="down 4"):
        await bench.wait()

    assert bench.time <= 103.0


async def test_with_no_patience_nobody_is_told_to_wait() -> None:
    bench = Bench(*down(2), patience=0.0)

    with pytest.raises(DatabaseUnavailable, match="down 0"):
        await bench.wait()

    assert (bench.asked, bench.waits) == (1, [])


async def test_another_error_is_raised_at_once() -> None:
    bench = Bench(DatabaseFailure("ours"))

    with pytest.raises(DatabaseFailure, match="ours"):
        await bench.wait()

    assert bench.asked == 1
