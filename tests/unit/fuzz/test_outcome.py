from typing import Any

import pytest

from tests.fuzz.__main__ import Outcome

WHOLE: dict[str, Any] = {"operations": {"total": 20, "tested": 20}, "failures": [], "errors": []}


def test_a_run_that_tested_everything_and_found_nothing_is_good() -> None:
    assert not Outcome("user", WHOLE, "").failed


@pytest.mark.parametrize(
    "change",
    [
        {"failures": [{"code": "ST201"}]},
        {"errors": [{"title": "Network Error"}]},
        {"operations": {"total": 20, "tested": 19}},
        {"operations": {}},
    ],
)
def test_a_run_that_found_or_missed_something_is_not(change: dict[str, Any]) -> None:
    assert Outcome("user", WHOLE | change, "").failed


def test_a_run_that_lost_its_account_proves_nothing() -> None:
    assert Outcome("user", WHOLE, "", "its account was lost on the way").failed


def test_a_run_without_a_report_proves_nothing() -> None:
    assert Outcome("user", {}, "").failed
