from pathlib import Path

import pytest

from adapters.config.sources import secret_files, secrets_at_hand
from adapters.system.machine import SystemMachine
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
    assert secret_files(environ, var=tmp_path) == {"JWT_SECRET_FILE": "/run/jwt"}

    made = tmp_path / "jwt-secret"
    made.touch()
    assert secret_files({}, var=tmp_path) == {str(made): str(made)}


@pytest.mark.parametrize(
    ("environ", "paths"),
    [
        ({}, {"JWT_SECRET_FILE": "jwt", "REDIS_URL_FILE": "redis"}),
        ({"APP_ENV": "development"}, {"JWT_SECRET_FILE": "jwt", "REDIS_URL_FILE": "redis"}),
        ({"JWT_SECRET": "x"}, {"REDIS_URL_FILE": "redis"}),
        ({"JWT_SECRET_FILE": "mine"}, {"JWT_SECRET_FILE": "mine", "REDIS_URL_FILE": "redis"}),
        ({"APP_ENV": "production"}, {}),
    ],
)
def test_the_environment_wins_over_dotenv_for_files_too(
    tmp_path: Path, environ: dict[str, str], paths: dict[str, str]
) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("JWT_SECRET_FILE=jwt\nREDIS_URL_FILE=redis\nHTTP_PORT_FILE=port\n")

    assert secret_files(environ, dotenv=dotenv, var=tmp_path) == paths


@pytest.mark.parametrize(
    ("line", "is_secret"),
    [
        ("JWT_SECRET=x", True),
        ("REDIS_URL=redis://:word@here", True),
        ("DATABASE_URL=sqlite:///x", False),
        ("JWT_SECRET=", False),
        ("LOG_LEVEL=info", False),
    ],
)
def test_dotenv_is_a_file_of_secrets_where_it_holds_one(
    tmp_path: Path, line: str, *, is_secret: bool
) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text(line)

    assert secrets_at_hand({}, dotenv) == ((str(dotenv),) if is_secret else ())
    assert secrets_at_hand({"APP_ENV": "production"}, dotenv) == ()
