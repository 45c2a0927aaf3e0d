import os
from pathlib import Path

import pytest

from adapters.telemetry.limits import cpu_limit, memory_limit

CORES = float(len(os.sched_getaffinity(0)))


@pytest.mark.parametrize(
    ("said", "limit"),
    [("50000 100000", 0.5), ("max 100000", CORES), ("", CORES), ("99900000 100000", CORES)],
)
def test_a_container_may_allow_less_than_the_machine_has(
    tmp_path: Path, said: str, limit: float
) -> None:
    (tmp_path / "cpu.max").write_text(said)

    assert cpu_limit(tmp_path) == limit


def test_memory_is_what_the_container_allows_or_all_there_is(tmp_path: Path) -> None:
    everything = memory_limit(tmp_path)
    (tmp_path / "memory.max").write_text("1048576\n")

    assert memory_limit(tmp_path) == 1048576
    (tmp_path / "memory.max").write_text("max\n")
    assert memory_limit(tmp_path) == everything
    assert everything is not None
    assert everything > 1048576
