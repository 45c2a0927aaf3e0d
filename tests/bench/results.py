"""What a run gave, as `bench/results.json` holds it."""

import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from tests.bench import load
from tests.bench.bars import BARS, Bar, Medians

SCHEMA = 1


class Machine(Struct, frozen=True, kw_only=True):
    cores: int
    processor: str
    system: str
    python: str


class Figures(Struct, frozen=True, kw_only=True):
    """A case: `samples` has every figure of every round, `medians` their middle.

    `rate` is in answers a second, latencies are in milliseconds, memory is in MiB, `client` is the
    share of one core that the load took.
    """

    name: str
    what: str
    samples: dict[str, list[float]]
    medians: dict[str, float]


class Outcome(Struct, frozen=True, kw_only=True):
    """A bar; `profile` says of one that was missed where the time went, if that was looked at."""

    what: str
    case: str
    value: float
    limit: float | None
    at_most: bool
    unit: str
    verdict: str
    profile: list[str] = []


class Results(Struct, frozen=True, kw_only=True):
    schema: int = SCHEMA
    taken_at: datetime
    seconds: float
    rounds: int
    connections: int
    tool: str
    machine: Machine
    cases: list[Figures]
    bars: list[Outcome]


def figures(name: str, what: str, samples: Sequence[Mapping[str, float]]) -> Figures:
    """Give the figures of a case from one sample a round."""
    columns = {key: [sample[key] for sample in samples] for key in samples[0]}
    medians = {key: statistics.median(column) for key, column in columns.items()}
    return Figures(name=name, what=what, samples=columns, medians=medians)


def outcomes(cases: Sequence[Figures], cores: int) -> list[Outcome]:
    """Give the bars that the cases are enough for."""
    medians = {case.name: case.medians for case in cases}
    return [_outcome(bar, medians, cores) for bar in BARS if _is_measured(bar, medians)]


def _is_measured(bar: Bar, medians: Medians) -> bool:
    try:
        bar.value(medians)
    except KeyError:
        return False
    return True


def _outcome(bar: Bar, medians: Medians, cores: int) -> Outcome:
    value = bar.value(medians)
    return Outcome(
        what=bar.what,
        case=bar.case,
        value=value,
        limit=bar.limit,
        at_most=bar.at_most,
        unit=bar.unit,
        verdict=str(bar.verdict(value, cores)),
    )


def results(cases: list[Figures], *, seconds: float, rounds: int) -> Results:
    here = machine()
    return Results(
        taken_at=datetime.now(UTC).replace(microsecond=0),
        seconds=seconds,
        rounds=rounds,
        connections=load.CONNECTIONS,
        tool=load.tool(),
        machine=here,
        cases=cases,
        bars=outcomes(cases, here.cores),
    )


def machine() -> Machine:
    return Machine(
        cores=len(os.sched_getaffinity(0)),
        processor=_processor(),
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def write(path: Path, taken: Results) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(taken), indent=2) + b"\n")


def read(path: Path) -> Results:
    """Raises msgspec.ValidationError for a file of another schema."""
    return msgspec.json.decode(path.read_bytes(), type=Results)
