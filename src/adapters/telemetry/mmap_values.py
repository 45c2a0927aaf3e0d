"""Metric values in a memory-mapped file shared with the parent process.

There are eight for each request. prometheus-client's own way asks for the process id, looks the
place up and packs two numbers each time, which took a fifth of what all telemetry takes.
"""

from bisect import bisect_left
from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from prometheus_client import values

from application.ports.meter import Take

if TYPE_CHECKING:

    class _Value:
        """What prometheus-client, which is not typed here, has one number in."""

        _file: Any
        _key: str

        def __init__(self, *args: object, **kwargs: object) -> None: ...

        def inc(self, amount: float) -> None: ...

        def get(self) -> float: ...
else:
    _Value = values.ValueClass

_LOCK: Final = Lock()
_BYTES: Final = 8


class SharedValue(_Value):
    """For a process that does not fork any more once it has one.

    `place` is where the number lies: in a view of the file, and at which number of that. A file
    that has grown has another view of the same; whoever reads meanwhile sees all of a number or
    nothing, since each lies at a multiple of its size.
    """

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        view = memoryview(self._file._m).cast("d")  # noqa: SLF001 - it tells nobody else
        self.place = view, self._file._positions[self._key] // _BYTES  # noqa: SLF001 - as above

    def inc(self, amount: float) -> None:
        growing(self)(amount)

    def get(self) -> float:
        view, at = self.place
        return float(view[at])


def growing(number: SharedValue) -> Take:
    """Give what adds to a number."""
    view, at = number.place

    def grow(amount: float) -> None:
        with _LOCK:
            view[at] += amount

    return grow


def taking(total: SharedValue, bounds: Sequence[float], buckets: Sequence[SharedValue]) -> Take:
    """Give what adds a value to a sum, and counts it in the bucket that it belongs to."""
    (view, at), places = total.place, [bucket.place for bucket in buckets]

    def take(value: float) -> None:
        counts, bucket = places[bisect_left(bounds, value)]
        with _LOCK:
            view[at] += value
            counts[bucket] += 1

    return take


def use() -> None:
    """Let prometheus-client make numbers of this kind, where it shares numbers at all."""
    if getattr(_Value, "_multiprocess", False):
        values.ValueClass = SharedValue
