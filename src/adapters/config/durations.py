"""Parser of durations such as `15m` and `30d`."""

import re
from datetime import timedelta

_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
_FORM = re.compile(r"(\d{1,9})(ms|s|m|h|d)", re.ASCII)


def parse_duration(text: str) -> timedelta:
    """Read `200ms`, `10s`, `15m`, `1h`, `30d`; raises ValueError."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError("write a whole number and a unit: 200ms, 10s, 15m, 1h or 30d.")
    return int(match[1]) * _UNITS[match[2]]


def format_duration(duration: timedelta) -> str:
    """Write a duration of whole milliseconds in the largest unit that fits it exactly."""
    for name, unit in reversed(_UNITS.items()):
        if duration % unit == timedelta(0):
            return f"{duration // unit}{name}"
    raise ValueError("a duration is in whole milliseconds.")
