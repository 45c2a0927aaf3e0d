"""The bars: what has to be how good, in comparison with what the same run gave for others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

Medians = Mapping[str, Mapping[str, float]]
"""Of every case that was measured, by name: the median of every figure, by its name."""

CORES_FOR_TWO_WORKERS = 4
PYTHON_PEERS = {"FastAPI with fastapi-users": "fastapi", "Litestar with `JWTAuth`": "litestar"}
"""What each is called in the tables, and the beginning of its cases' names."""


class Verdict(StrEnum):
    MET = "met"
    MISSED = "MISSED"
    NOT_APPLICABLE = "not applicable"
    NO_LIMIT = "no limit"


@dataclass(frozen=True)
class Bar:
    """A row of the table of bars; `case` is what to profile when it is missed.

    Without a `limit` it only compares: its value is reported and never missed.
    `value` raises KeyError when a case that it needs was not measured.
    """

    what: str
    case: str
    value: Callable[[Medians], float]
    limit: float | None
    at_most: bool = False
    unit: str = ""
    cores: int = 1

    def verdict(self, value: float, cores: int) -> Verdict:
        if self.limit is None:
            return Verdict.NO_LIMIT
        if cores < self.cores:
            return Verdict.NOT_APPLICABLE
        met = value <= self.limit if self.at_most else value >= self.limit
        return Verdict.MET if met else Verdict.MISSED


def _rates(case: str, other: str) -> Callable[[Medians], float]:
    return lambda medians: medians[case]["rate"] / medians[other]["rate"]


def _apart(medians: Medians) -> float:
    timing = medians["login-timing"]
    return abs(timing["known"] / timing["unknown"] - 1)


BARS = [
    Bar(
        "`/users/me`, memory cache / bare Litestar",
        "me-sqlite",
        _rates("me-sqlite", "bare-litestar"),
        0.33,
    ),
    Bar(
        "`/users/me`, memory cache / PocketBase",
        "me-sqlite",
        _rates("me-sqlite", "pocketbase-read"),
        1.2,
    ),
    Bar(
        "`/users/me`, PostgreSQL + Redis / bare Litestar",
        "me-redis",
        _rates("me-redis", "bare-litestar"),
        0.22,
    ),
    *(
        Bar(f"`/users/me`, {cache} / {peer}", case, _rates(case, f"{name}-read"), None)
        for peer, name in PYTHON_PEERS.items()
        for case, cache in (("me-sqlite", "memory cache"), ("me-uncached", "no cache"))
    ),
    Bar("log-in / Argon2id alone", "login", _rates("login", "raw-argon2"), 0.85),
    Bar("log-in / PocketBase", "login", _rates("login", "pocketbase-login"), 2.5),
    *(
        Bar(f"log-in / {peer}", "login", _rates("login", f"{name}-login"), None)
        for peer, name in PYTHON_PEERS.items()
    ),
    Bar("sign-up / Argon2id alone", "register", _rates("register", "raw-argon2"), 0.85),
    Bar("sign-up / PocketBase", "register", _rates("register", "pocketbase-register"), 2.5),
    Bar(
        "`/health` p99 while log-ins keep hashing busy",
        "health-busy",
        lambda medians: medians["health-busy"]["p99"],
        25,
        at_most=True,
        unit="ms",
    ),
    Bar(
        "`/health` p99 while eight connections send the worst bodies",
        "health-worst",
        lambda medians: medians["health-worst"]["p99"],
        50,
        at_most=True,
        unit="ms",
    ),
    Bar(
        "page deep in a million / first of a thousand, p50",
        "list-million-deep",
        lambda medians: medians["list-million-deep"]["p50"] / medians["list-thousand"]["p50"],
        1.5,
        at_most=True,
    ),
    Bar(
        "memory of a worker after the load, the largest",
        "memory",
        lambda medians: max(medians["memory"].values()),
        160,
        at_most=True,
        unit="MiB",
    ),
    Bar(
        "two workers / one, `/users/me`, PostgreSQL + Redis",
        "me-redis-2",
        _rates("me-redis-2", "me-redis"),
        1.6,
        cores=CORES_FOR_TWO_WORKERS,
    ),
    Bar(
        "refused log-in, known / unknown address, apart by",
        "login-timing",
        _apart,
        0.05,
        at_most=True,
    ),
]
