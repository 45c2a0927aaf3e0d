import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.resilience.breaker import ConsecutiveFailures, FailureRate

TEN = FailureRate(calls=10, share=0.5)


def feed(rule: ConsecutiveFailures | FailureRate, results: str) -> bool:
    """Feed a `-` for each failure and a `+` for each success; tell what the last one did."""
    rule.forget()
    return [rule.trips(failed=result == "-") for result in results][-1]


@pytest.mark.parametrize(
    ("results", "trips"),
    [
        ("-" * 9, False),
        ("-" * 10, True),
        ("+-" * 5, True),
        ("+" * 6 + "-" * 4, False),
        ("+" * 100 + "-" * 4, False),
        ("+" * 100 + "-" * 5, True),
        ("-" * 4 + "+" * 6, False),
    ],
)
def test_half_of_the_last_ten_calls_trip(results: str, *, trips: bool) -> None:
    assert feed(TEN, results) is trips


@given(st.text("+-", min_size=1, max_size=60))
def test_a_rate_looks_at_the_last_calls_only(results: str) -> None:
    last = results[-10:]

    assert feed(TEN, results) is (len(last) == 10 and last.count("-") >= 5)


@given(st.text("+-", min_size=1, max_size=60), st.integers(1, 9))
def test_a_row_is_what_came_since_the_last_success(results: str, limit: int) -> None:
    row = len(results) - len(results.rstrip("-"))

    assert feed(ConsecutiveFailures(limit), results) is (row >= limit)
