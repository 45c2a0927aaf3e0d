from pathlib import Path

import pytest

from application.ports.machine import Access, Machine


class MachineContract:
    """Every machine passes this; a subclass gives `machine` and makes `path` as `access` says."""

    @pytest.fixture(
        params=[
            Access(),
            Access(others_read=True),
            Access(others_read=True, others_write=True),
            Access(is_folder=True, others_read=True),
        ]
    )
    def access(self, request: pytest.FixtureRequest) -> Access:
        found: Access = request.param
        return found

    def test_it_tells_who_may_use_a_path(
        self, machine: Machine, path: Path, access: Access
    ) -> None:
        assert machine.access(str(path)) == access

    def test_there_is_nothing_to_tell_of_what_is_not_there(
        self, machine: Machine, path: Path
    ) -> None:
        assert machine.access(f"{path}-not") is None
        assert machine.access("\0") is None

    def test_limits_are_numbers_or_none(self, machine: Machine) -> None:
        assert (machine.open_files() or 1) > 0
        assert (machine.memory() or 1) > 0
