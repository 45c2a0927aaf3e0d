from pathlib import Path

import pytest

from adapters.system.machine import SystemMachine
from adapters.system.secret_files import secret_files
from application.ports.machine import Access
from tests.unit.contracts.machine import MachineContract


class TestSystemMachine(MachineContract):
    @pytest.fixture
    def path(self, tmp_path: Path, access: Access) -> Path:
        path = tmp_path / "it"
        path.mkdir() if access.is_folder else path.touch()
        path.chmod(0o700 | 0o004 * access.others_read | 0o002 * access.others_write)
        return path

    @pytest.fixture
    def machine(self) -> SystemMachine:
        return SystemMachine(lambda: 1e9)


def test_a_group_is_others_too(tmp_path: Path) -> None:
    tmp_path.chmod(0o760)

    found = SystemMachine(lambda: None).access(str(tmp_path))

    assert found == Access(is_folder=True, others_read=True, others_write=True)


def test_files_of_secrets_are_those_that_variables_name_and_the_one_we_made(
    tmp_path: Path,
) -> None:
    environ = {"JWT_SECRET_FILE": "/run/jwt", "HTTP_PORT_FILE": "/run/port", "CACHE_URL": "x"}
    assert secret_files(environ, tmp_path) == {"JWT_SECRET_FILE": "/run/jwt"}

    made = tmp_path / "jwt-secret"
    made.touch()
    assert secret_files({}, tmp_path) == {str(made): str(made)}
