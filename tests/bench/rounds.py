"""The order of a run: rounds over all cases, each in another order, so that a busy minute of the
machine falls on different cases."""

import random
from collections.abc import Iterator, Sequence

import psutil

from tests.bench.cases import Case
from tests.bench.load import Sample
from tests.bench.stage import Stage

WARM_UP = 1.0


def play(
    cases: Sequence[Case], stage: Stage, rounds: int, seconds: float
) -> Iterator[tuple[int, Case, Sample]]:
    """Give what each round gave of each case; what comes first, round 0, warms up."""
    for case in cases:
        yield 0, case, case.run(stage, WARM_UP)
    for number in range(1, rounds + 1):
        for case in shuffled(cases, number):
            yield number, case, case.run(stage, seconds)


def shuffled(cases: Sequence[Case], number: int) -> list[Case]:
    """Give the cases in the order of a round, the same in every run."""
    return random.Random(number).sample(cases, len(cases))


def memory(stage: Stage) -> Sample:
    """Give the MiB that the largest worker of each server has resident (RSS)."""
    return {
        name: max(_resident(pid) for pid in server.service.workers())
        for name, server in stage.servers.items()
    }


def _resident(pid: int) -> float:
    return float(psutil.Process(pid).memory_info().rss) / 2**20
