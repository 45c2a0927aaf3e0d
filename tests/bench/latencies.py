"""Percentiles of latencies, in milliseconds."""

import statistics
from collections.abc import Sequence

FEWEST = 2


def percentiles(milliseconds: Sequence[float]) -> dict[str, float]:
    """Give `p50`, `p90` and `p99`; raises ValueError when there are too few to tell."""
    if len(milliseconds) < FEWEST:
        raise ValueError("too few answers in the time: measure for longer")
    cuts = statistics.quantiles(milliseconds, n=100, method="inclusive")
    return {"p50": cuts[49], "p90": cuts[89], "p99": cuts[98]}
