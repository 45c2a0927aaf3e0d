"""Output of an export (file or stdout), and of the rejects of an import."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, overload

from entrypoints.cli.errors import OutputFailed, WrongUsage
from entrypoints.cli.terminal import Terminal
from entrypoints.cli.transfer.lines import Row
from entrypoints.cli.transfer.source import STANDARD

Write = Callable[[bytes], None]


@contextmanager
def written(file: str, terminal: Terminal) -> Iterator[Write]:
    """Write a file atomically, or standard output for `-`; raises WrongUsage or OutputFailed."""
    if file == STANDARD:
        yield terminal.write_bytes
        return
    path = new_file(file).resolve()
    if path.exists() and not path.is_file():
        raise WrongUsage(f"{file!r} is not a file; - is standard output.")
    try:
        with _replacing(path) as write:
            yield write
    except OSError as error:
        raise OutputFailed(f"{file}: {error.strerror}") from error


@overload
def new_file(text: str) -> Path: ...
@overload
def new_file(text: str | None) -> Path | None: ...
def new_file(text: str | None) -> Path | None:
    """Return the path of a file to make, or of an existing folder.

    Raises WrongUsage for a missing folder, recognised by its trailing slash, which `Path` drops.
    """
    if text is None:
        return None
    if text.endswith((os.sep, f"{os.sep}.", f"{os.sep}..")) and not Path(text).is_dir():
        raise WrongUsage(f"There is no folder {text!r}.")
    return Path(text)


def write_new(path: Path, text: str) -> None:
    """Make a file that only its owner reads; never overwrites one. Raises as `written` does."""
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - a descriptor
            file.write(text.encode())
    except FileExistsError:
        raise WrongUsage(f"{str(path)!r} exists already.") from None
    except OSError as error:
        raise OutputFailed(f"{path}: {error.strerror}") from error


class Rejects:
    """File of the refused rows as they were read, below the header, to be corrected."""

    def __init__(self, file: BinaryIO | None) -> None:
        self._file = file
        self._is_begun = False

    def add(self, row: Row, header: bytes) -> None:
        if self._file is None or not row.raw:
            return
        first, self._is_begun = (b"" if self._is_begun else header), True
        try:
            self._file.write(first + row.raw + (b"" if row.raw.endswith(b"\n") else b"\n"))
            self._file.flush()
        except OSError as error:
            raise OutputFailed(f"rejects: {error.strerror}") from error


@contextmanager
def rejects(path: Path | None, source: str) -> Iterator[Rejects]:
    """Open the file of rejects, readable by its owner only: it has password hashes."""
    if path is None:
        yield Rejects(None)
        return
    if path.exists() and Path(source).exists() and path.samefile(source):
        raise WrongUsage("The rejects cannot go into the file that they are read from.")
    try:
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        os.fchmod(made, 0o600)
    except OSError as error:
        raise WrongUsage(f"{path}: {error.strerror}.") from error
    with open(made, "wb") as file:  # noqa: PTH123 - a descriptor
        yield Rejects(file)


@contextmanager
def _replacing(path: Path) -> Iterator[Write]:
    """Write a temporary file beside it, readable by its owner only, and rename that at the end."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor
            yield lambda data: _all(file.write(data), data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _all(count: int, data: bytes) -> None:
    if count != len(data):
        raise OSError(None, "not all of it was written")
