import ast
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "security.md").read_text()
STATES = {"met", "unmet", "out of scope"}
_HEADER = "| requirement | state | how | tests |"
_NODE = re.compile(r"`(tests/[^`]+)`")
_NUMBER = re.compile(r"\d+\.\d+\.\d+")


class Row(NamedTuple):
    requirement: str
    state: str
    how: str
    tests: tuple[str, ...]


def rows_of(page: str) -> list[Row]:
    rows: list[Row] = []
    in_table = False
    for line in page.splitlines():
        in_table = line.startswith("|") and (in_table or line == _HEADER)
        if in_table and line != _HEADER and not line.startswith("| ---"):
            requirement, state, how, tests = (cell.strip() for cell in line[1:-1].split(" | "))
            rows.append(Row(requirement, state, how, tuple(_NODE.findall(tests))))
    return rows


@cache
def names_in(path: Path) -> frozenset[str]:
    """The tests of a file, as `function` and `Class::method`."""
    return frozenset(_tests(ast.parse(path.read_text()).body))


def _tests(body: Iterable[ast.stmt], prefix: str = "") -> Iterable[str]:
    for one in body:
        if isinstance(one, ast.ClassDef):
            yield from _tests(one.body, f"{one.name}::")
        elif isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + one.name


def exists(node: str) -> bool:
    file, _, name = node.partition("::")
    path = ROOT / file
    return (
        path.is_file() and name.rpartition("::")[2].startswith("test_") and name in names_in(path)
    )


ROWS = rows_of(DOCUMENT)


def test_the_tables_are_found() -> None:
    assert len(ROWS) > 150
    assert sum(len(row.tests) for row in ROWS) > 200


def test_a_requirement_has_a_state_and_says_how() -> None:
    assert {row.state for row in ROWS} == STATES
    assert [row.requirement for row in ROWS if not row.how] == []


def test_what_is_met_is_proved() -> None:
    assert [row.requirement for row in ROWS if row.state == "met" and not row.tests] == []


def test_every_test_that_is_named_exists() -> None:
    named = {node for row in ROWS for node in row.tests}

    assert sorted(node for node in named if not exists(node)) == []


def test_a_number_of_the_standard_stands_in_one_row() -> None:
    numbers = [number for row in ROWS for number in _NUMBER.findall(row.requirement)]

    assert sorted(number for number in set(numbers) if numbers.count(number) > 1) == []


def test_a_test_that_is_no_more_would_be_missed() -> None:
    assert exists("tests/unit/test_security_doc.py::test_the_tables_are_found")
    assert not exists("tests/unit/test_security_doc.py::test_that_never_was")
    assert not exists("tests/unit/test_never.py::test_the_tables_are_found")
    assert not exists("tests/unit/test_security_doc.py::exists")
