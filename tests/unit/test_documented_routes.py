import re
from pathlib import Path

import pytest

from entrypoints.http.app import create_app
from entrypoints.http.openapi.operations import Operation, operations

DOCS = Path(__file__).parents[2] / "docs" / "http.md"
_ROW = re.compile(r"^\| ([A-Z]+) \| `([^`]+)` \| ([^|]+) \|", re.MULTILINE)


@pytest.fixture(scope="module")
def documented() -> dict[tuple[str, str], str]:
    return {(method, path): who for method, path, who in _ROW.findall(DOCS.read_text())}


@pytest.fixture(scope="module")
def served() -> dict[tuple[str, str], Operation]:
    return {(each.method, each.path): each for each in operations(create_app())}


def test_the_table_lists_every_route_and_no_other(
    documented: dict[tuple[str, str], str], served: dict[tuple[str, str], Operation]
) -> None:
    assert set(documented) == set(served)


def test_who_may_call_is_what_the_route_checks(
    documented: dict[tuple[str, str], str], served: dict[tuple[str, str], Operation]
) -> None:
    for route, operation in served.items():
        assert operation.is_guarded == (documented[route] in {"bearer", "admin"}), route


def test_every_operation_describes_itself_and_its_errors(
    served: dict[tuple[str, str], Operation],
) -> None:
    for route, operation in served.items():
        assert operation.summary, route
        assert operation.description, route
        if operation.path.startswith("/api/"):
            statuses = {answer.status for answer in operation.answers}
            assert {429, 500, 503, 504} <= statuses, route
            assert not operation.is_guarded or 401 in statuses, route
            assert not operation.body or {400, 413, 415, 422} <= statuses, route
