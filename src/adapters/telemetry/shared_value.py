"""One number in a file that a parent reads, written as fast as may be.

There are seven for each request. prometheus-client's own way asks for the process id and looks the
place in the file up each time, which took a fifth of what all telemetry takes.
"""

import struct
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from prometheus_client import values

if TYPE_CHECKING:

    class _Value:
        """What prometheus-client, which is not typed here, has one number in."""

        _file: Any
        _key: str
        _value: float

        def __init__(self, *args: object, **kwargs: object) -> None: ...

        def inc(self, amount: float) -> None: ...
else:
    _Value = values.ValueClass

_LOCK: Final = Lock()
_PACK_INTO: Final = struct.Struct("d").pack_into


class SharedValue(_Value):
    """For a process that does not fork any more once it has one."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._at = self._file._positions[self._key]  # noqa: SLF001 - where the file has it, for good

    def inc(self, amount: float) -> None:
        with _LOCK:
            self._value += amount
            # Eight bytes at a multiple of eight: whoever reads meanwhile sees all of it or nothing.
            # The file has another map when it has grown.
            _PACK_INTO(self._file._m, self._at, self._value)  # noqa: SLF001 - as above


def use() -> None:
    """Let prometheus-client make numbers of this kind, where it shares numbers at all."""
    if getattr(_Value, "_multiprocess", False):
        values.ValueClass = SharedValue
