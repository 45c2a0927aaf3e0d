"""Database files that cannot be one: the server and the commands say why, and touch nothing."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.bad_input.commands import Shell
from tests.integration.bad_input.database import is_sound

SERVE = ("serve",)
LIST = ("users", "list")
UPGRADE = ("db", "upgrade")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the database is, or would be, in a folder of its own."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder / "armature.db"


@pytest.fixture
def shell(tmp_path: Path, file: Path) -> Shell:
    return Shell(tmp_path, {"DATABASE_URL": f"sqlite:///{file}"})


@pytest.fixture
def migrated(sqlite_template: Path, file: Path) -> Path:
    for part in sqlite_template.parent.glob("template.db*"):
        shutil.copy(part, file.with_name(part.name.replace("template", "armature", 1)))
    return file


@pytest.fixture
def locked_folder(migrated: Path) -> Iterator[Path]:
    migrated.parent.chmod(0o555)
    yield migrated.parent
    migrated.parent.chmod(0o755)


@pytest.mark.parametrize("command", [SERVE, UPGRADE])
def test_a_file_that_is_no_database_is_left_as_it_is(
    shell: Shell, file: Path, command: tuple[str, ...]
) -> None:
    file.write_bytes(b"Dear diary, " * 1000)

    shell.fails(1, *command, says="not a database")

    assert file.read_bytes() == b"Dear diary, " * 1000
    assert [*file.parent.iterdir()] == [file]


@pytest.mark.parametrize("command", [SERVE])
def test_a_database_that_is_damaged_is_called_so(
    shell: Shell, migrated: Path, command: tuple[str, ...]
) -> None:
    content = migrated.read_bytes()
    damaged = content[:100] + b"\xa5" * (len(content) - 100)
    for part in migrated.parent.iterdir():
        part.unlink()
    migrated.write_bytes(damaged)

    shell.fails(1, *command, says="damaged")

    assert migrated.read_bytes()[100:] == damaged[100:]


@pytest.mark.parametrize("command", [LIST])
def test_a_database_that_is_not_migrated_says_what_to_do(
    shell: Shell, file: Path, command: tuple[str, ...]
) -> None:
    shell.fails(1, *command, says="armature db upgrade")

    assert not file.exists()


def test_an_empty_file_says_what_to_do(shell: Shell, file: Path) -> None:
    file.touch()

    shell.fails(1, *SERVE, says="armature db upgrade")


@pytest.mark.parametrize("command", [SERVE, LIST])
def test_a_file_that_is_read_only_is_called_so(
    shell: Shell, migrated: Path, command: tuple[str, ...]
) -> None:
    migrated.chmod(0o444)

    shell.fails(10, *command, says="read-only")

    assert is_sound(f"sqlite:///{migrated}")


def test_a_file_that_is_read_only_is_not_migrated(shell: Shell, migrated: Path) -> None:
    migrated.chmod(0o444)

    shell.fails(10, "db", "downgrade", "base", "--yes", says="")

    assert is_sound(f"sqlite:///{migrated}")


@pytest.mark.parametrize("command", [SERVE])
def test_a_folder_that_is_read_only_is_called_so(
    shell: Shell, locked_folder: Path, command: tuple[str, ...]
) -> None:
    shell.fails(10, *command, says="read-only")


@pytest.mark.parametrize("command", [LIST, UPGRADE])
def test_a_folder_is_no_database(shell: Shell, file: Path, command: tuple[str, ...]) -> None:
    file.mkdir()

    shell.fails(10, *command, says=str(file) if command != UPGRADE else "")

    assert not [*file.iterdir()]


@pytest.mark.parametrize("command", [SERVE, UPGRADE])
def test_a_folder_that_is_missing_is_not_made(
    shell: Shell, file: Path, command: tuple[str, ...]
) -> None:
    file.parent.rmdir()

    shell.fails(10, *command, says=f"The folder {file.parent} does not exist.")

    assert not file.parent.exists()


def test_scripts_are_told_in_json(shell: Shell, file: Path) -> None:
    file.parent.rmdir()

    shell.fails_in_json(10, *SERVE, says="does not exist")
