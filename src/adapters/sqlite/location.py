"""Path of the database file."""

import os
from pathlib import Path

from application.errors import DatabaseFailure, DatabaseUnavailable
from application.invalid_settings import InvalidSettings

_SCHEME = "sqlite:///"


def file_of(url: str) -> Path:
    """Read `sqlite:///relative/path` or `sqlite:////absolute/path`, as SQLAlchemy does.

    A relative path begins at the working directory. Raises InvalidSettings.
    """
    path = url.removeprefix(_SCHEME)
    if path == url or not path or path == ":memory:" or "?" in path or "\0" in path:
        problem = (
            "DATABASE_URL: an SQLite address is sqlite:///relative/path or"
            " sqlite:////absolute/path, with no options; memory:// keeps no file."
        )
        raise InvalidSettings((problem,))
    return Path(path)


def check_file(file: Path, *, make_folder: bool) -> None:
    """Raise what an operator can act on, where SQLite would say "unable to open"."""
    try:
        if make_folder:
            file.parent.mkdir(parents=True, exist_ok=True)
        _check(file)
    except OSError as error:
        raise _unavailable(f"{file} cannot be read: {error.strerror}.") from error


def _check(file: Path) -> None:
    if not file.parent.is_dir():
        what = "is no folder" if file.parent.exists() else "does not exist"
        raise _unavailable(f"The folder {file.parent} {what}.")
    if file.exists() and not file.is_file():
        what = "a folder" if file.is_dir() else "no regular file"
        raise _unavailable(f"{file} is {what}; the database is a file.")
    if not file.exists():
        raise DatabaseFailure(
            context={
                "operation": "open",
                "detail": f"There is no database in {file} yet. Run `armature db upgrade`.",
            }
        )
    if not _may(file, os.R_OK | os.W_OK):
        raise _unavailable(f"{file} is read-only for this process; it has to write there.")
    if not _may(file.parent, os.W_OK):
        raise _unavailable(f"The folder {file.parent} is read-only; SQLite keeps its log there.")


def _may(path: Path, mode: int) -> bool:
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def _unavailable(detail: str) -> DatabaseUnavailable:
    return DatabaseUnavailable(context={"operation": "open", "detail": detail})
