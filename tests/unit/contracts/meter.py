"""What every `Meter` does."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from application.metrics import (
    ACTIVE_USERS,
    BUSINESS_EVENTS,
    CACHE_HITS,
    CIRCUIT_STATE,
    HTTP_DURATION,
    LOOP_LAG,
)
from application.ports.meter import Meter

Read = Callable[..., float]
"""Gives what a counter or a gauge stands at, and of a histogram how many values it took."""


class MeterContract:
    """Give it a `meter`, and `read`, by fixtures. Numbers may be there before a test begins."""

    def test_counts(self, meter: Meter, read: Read) -> None:
        before = read(CACHE_HITS)

        meter.add(CACHE_HITS)
        meter.add(CACHE_HITS, amount=2.5)

        assert read(CACHE_HITS) - before == 3.5

    def test_a_series_that_was_bound_takes_what_add_and_observe_do(
        self, meter: Meter, read: Read
    ) -> None:
        labels = ("GET", "/bound")
        before = [read(BUSINESS_EVENTS, "Bound"), read(HTTP_DURATION, *labels)]
        grow, take = meter.bound(BUSINESS_EVENTS, "Bound"), meter.bound(HTTP_DURATION, *labels)

        grow(2)
        meter.add(BUSINESS_EVENTS, "Bound")
        take(0.3)
        meter.observe(HTTP_DURATION, 0.4, *labels)

        after = [read(BUSINESS_EVENTS, "Bound"), read(HTTP_DURATION, *labels)]
        assert [now - then for now, then in zip(after, before, strict=True)] == [3, 2]

    def test_keeps_series_apart_by_their_labels(self, meter: Meter, read: Read) -> None:
        before = [read(BUSINESS_EVENTS, name) for name in ("One", "Two")]

        meter.add(BUSINESS_EVENTS, "One")

        after = [read(BUSINESS_EVENTS, name) for name in ("One", "Two")]
        assert [now - then for now, then in zip(after, before, strict=True)] == [1, 0]

    def test_a_gauge_stands_where_it_was_put_last(self, meter: Meter, read: Read) -> None:
        for value in (7, 3):
            meter.set(ACTIVE_USERS, value)
        meter.set(CIRCUIT_STATE, 2, "database")

        assert (read(ACTIVE_USERS), read(CIRCUIT_STATE, "database")) == (3, 2)

    def test_a_histogram_takes_every_value(self, meter: Meter, read: Read) -> None:
        labels = ("GET", "/things")
        before = read(HTTP_DURATION, *labels), read(LOOP_LAG)

        for value in (0, 0.3, 1e6):
            meter.observe(HTTP_DURATION, value, *labels)
        meter.observe(LOOP_LAG, 0.1)

        assert read(HTTP_DURATION, *labels) - before[0] == 3
        assert read(LOOP_LAG) - before[1] == 1

    def test_no_count_of_threads_is_lost(self, meter: Meter, read: Read) -> None:
        def count(_: int) -> None:
            for _each in range(500):
                meter.add(BUSINESS_EVENTS, "Raced")

        before = read(BUSINESS_EVENTS, "Raced")

        with ThreadPoolExecutor(8) as threads:
            list(threads.map(count, range(8)))

        assert read(BUSINESS_EVENTS, "Raced") - before == 4000
