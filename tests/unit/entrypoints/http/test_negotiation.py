import pytest

from entrypoints.http.negotiation import is_json, wants_problem

PROBLEM = "application/problem+json"


@pytest.mark.parametrize(
    "accept",
    [
        PROBLEM,
        "APPLICATION/Problem+JSON",
        f"application/json, {PROBLEM}",
        f"{PROBLEM}, */*;q=0.8",
        f"{PROBLEM};q=0.5, application/*;q=0.5",
        f"application/json;q=0.2,{PROBLEM};q=0.3",
        f'text/html;x="a, b;q=0", {PROBLEM}; q=0.9',
        f"{PROBLEM};q=1.000",
        f"text/html,, ,{PROBLEM}",
    ],
)
def test_a_caller_who_prefers_problems_gets_them(accept: str) -> None:
    assert wants_problem(accept)


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "application/*",
        "application/json",
        f"{PROBLEM};q=0",
        f"{PROBLEM};q=0.000, */*",
        f"application/json, {PROBLEM};q=0.9",
        f"{PROBLEM};q=0.2, application/*;q=0.5",
        f"{PROBLEM};q=2",
        f"{PROBLEM};q=nan",
        f'text/html;x="{PROBLEM}"',
        f"nonsense {PROBLEM}",
    ],
)
def test_everybody_else_gets_jsend(accept: str) -> None:
    assert not wants_problem(accept)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "application/merge-patch+json",
        "application/json; boundary=x",
    ],
)
def test_json_in_utf_8_is_json(content_type: str) -> None:
    assert is_json(content_type)


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "json",
        "text/json",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "application/json; charset=latin-1",
        "text/plain; x=application/json",
        "image/svg+json",
    ],
)
def test_anything_else_is_not(content_type: str) -> None:
    assert not is_json(content_type)
