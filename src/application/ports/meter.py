"""Port: records metrics."""

from collections.abc import Callable
from typing import Protocol

from application.metrics import Counter, Gauge, Histogram

Take = Callable[[float], None]
"""Takes the amount that a counter grows by, or one value of a histogram."""


class Meter(Protocol):
    """Takes measurements of the metrics in `application.metrics`.

    `labels` are the values of the metric's labels, in its order and all of them. Nothing here
    waits, raises, or costs more than microseconds: it is called in the middle of somebody's call,
    from any thread.
    """

    @property
    def is_on(self) -> bool:
        """Whether numbers are exposed; callers may skip measuring otherwise."""
        ...

    def add(self, counter: Counter, *labels: str, amount: float = 1) -> None:
        """Let a counter grow by `amount`, which is not negative."""
        ...

    def observe(self, histogram: Histogram, value: float, *labels: str) -> None:
        """Take one value, in the histogram's unit."""
        ...

    def bound(self, metric: Counter | Histogram | Gauge, *labels: str) -> Take:
        """Return `add`, `observe` or `set` of one series: for whoever calls it all the time."""
        ...

    def set(self, gauge: Gauge, value: float, *labels: str) -> None:
        """Set a gauge, for this process."""
        ...
