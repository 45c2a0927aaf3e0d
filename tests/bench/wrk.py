"""What `wrk --latency` prints, as figures."""

import re

_MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}
_PERCENTILE = re.compile(r"^\s+(50|90|99)%\s+([\d.]+)(us|ms|s|m)\s*$", re.MULTILINE)
_RATE = re.compile(r"^Requests/sec:\s+([\d.]+)\s*$", re.MULTILINE)
_FAILURES = ("Non-2xx or 3xx responses", "Socket errors")


class BadRunError(Exception):
    """Not every request was answered with a success; the message is what wrk said."""


def parse(printed: str) -> dict[str, float]:
    """Give the `rate` a second and `p50`, `p90` and `p99` in milliseconds; raises BadRunError."""
    rate = _RATE.search(printed)
    latencies = {
        f"p{percent}": float(number) * _MILLISECONDS[unit]
        for percent, number, unit in _PERCENTILE.findall(printed)
    }
    failed = any(failure in printed for failure in _FAILURES)
    if failed or rate is None or float(rate[1]) == 0 or len(latencies) != len(("50", "90", "99")):
        raise BadRunError(printed)
    return {"rate": float(rate[1])} | latencies
