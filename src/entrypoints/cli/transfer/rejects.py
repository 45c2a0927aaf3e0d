"""Rejects file: lines that were refused, ready to be corrected and imported."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from entrypoints.cli.errors import OutputFailed, WrongUsage
from entrypoints.cli.transfer.row import Row


class Rejects:
    """Writes lines as they were read, below the line that names their columns."""

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
    """Write a file anew, which only its owner reads: there are password hashes in it."""
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
