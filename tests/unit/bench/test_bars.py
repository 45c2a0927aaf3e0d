import pytest

from tests.bench import plot, report
from tests.bench.bars import BARS, Bar, Verdict
from tests.bench.cases import CASES
from tests.bench.results import figures, outcomes, results

RATIO = Bar("ours / theirs", "ours", lambda medians: medians["ours"]["rate"], 0.45)
BOUND = Bar("latency", "ours", lambda medians: medians["ours"]["p99"], 25, at_most=True)


@pytest.mark.parametrize(
    ("bar", "value", "verdict"),
    [
        (RATIO, 0.45, Verdict.MET),
        (RATIO, 0.449, Verdict.MISSED),
        (BOUND, 25, Verdict.MET),
        (BOUND, 25.1, Verdict.MISSED),
    ],
)
def test_a_bar_is_met_at_its_limit(bar: Bar, value: float, verdict: Verdict) -> None:
    assert bar.verdict(value, cores=2) is verdict


@pytest.mark.parametrize(
    ("cores", "verdict"), [(3, "not applicable"), (4, "MISSED"), (8, "MISSED")]
)
def test_two_workers_are_compared_with_one_where_there_are_cores_for_them(
    cores: int, verdict: str
) -> None:
    cases = [
        figures("me-redis", "one", [{"rate": 100.0}]),
        figures("me-redis-2", "two", [{"rate": 120.0}]),
    ]

    assert [bar.verdict for bar in outcomes(cases, cores)] == [verdict]


def test_a_ratio_is_that_of_the_medians_of_one_run() -> None:
    cases = [
        figures("me-redis", "ours", [{"rate": 30.0}, {"rate": 90.0}, {"rate": 40.0}]),
        figures("bare-litestar", "bare", [{"rate": 100.0}, {"rate": 10.0}, {"rate": 900.0}]),
    ]

    (bar,) = outcomes(cases, cores=2)

    assert (bar.value, bar.limit, bar.verdict) == (0.4, 0.22, "met")


def test_the_largest_worker_is_the_one_that_the_bar_of_memory_is_about() -> None:
    cases = [figures("memory", "memory", [{"sqlite": 90.0, "redis": 161.0}])]

    (bar,) = outcomes(cases, cores=2)

    assert (bar.value, bar.verdict) == (161.0, "MISSED")


@pytest.mark.parametrize("known", [20.0, 22.2])
def test_log_ins_may_be_apart_in_neither_direction(known: float) -> None:
    cases = [figures("login-timing", "timing", [{"known": known, "unknown": 21.1}])]

    (bar,) = outcomes(cases, cores=2)

    assert bar.verdict == "MISSED"


def test_a_bar_whose_cases_were_left_out_is_left_out() -> None:
    assert outcomes([figures("login", "log-in", [{"rate": 60.0}])], cores=2) == []


def test_a_bar_without_a_limit_compares_and_is_never_missed() -> None:
    cases = [
        figures("login", "ours", [{"rate": 30.0}]),
        figures("fastapi-login", "theirs", [{"rate": 60.0}]),
    ]

    taken = results(cases, seconds=1, rounds=1)

    assert report.bar_rows(taken) == [
        ["log-in / FastAPI with fastapi-users", "0.50", "", "no limit"]
    ]
    assert "log-in / FastAPI with fastapi-users" in plot.picture(taken)


def test_every_bar_compares_cases_that_are_played() -> None:
    sample = {"rate": 1.0, "p50": 1.0, "p99": 1.0, "known": 1.0, "unknown": 1.0}
    cases = [figures(name, name, [sample]) for name in (*(case.name for case in CASES), "memory")]

    assert [bar.what for bar in outcomes(cases, cores=2)] == [bar.what for bar in BARS]


def test_every_bar_can_be_told_from_every_other() -> None:
    assert len({bar.what for bar in BARS}) == len(BARS)
