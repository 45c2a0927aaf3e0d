import os
from pathlib import Path

import pytest

from adapters.config.variables import usable_cores

ALL = len(os.sched_getaffinity(0))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("50000 100000", 1),
        ("1 100000", 1),
        ("100000 100000", 1),
        ("150000 100000", min(2, ALL)),
        ("99900000 100000", ALL),
        ("max 100000", ALL),
        ("", ALL),
    ],
)
def test_hashing_has_the_cores_that_the_container_allows(
    tmp_path: Path, said: str, expected: int
) -> None:
    (tmp_path / "cpu.max").write_text(said)

    assert usable_cores(tmp_path / "cpu.max") == expected


def test_without_a_container_all_cores_may_be_used(tmp_path: Path) -> None:
    assert usable_cores(tmp_path / "cpu.max") == ALL
