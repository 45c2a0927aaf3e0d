"""Output of an export: file or stdout."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import overload

from entrypoints.cli.errors import OutputFailed, WrongUsage
from entrypoints.cli.terminal import Terminal
from entrypoints.cli.transfer.source import STANDARD

Write = Callable[[bytes], None]


@contextmanager
def written(file: str, terminal: Terminal) -> Iterator[Write]:
    """Write FILE, or standard output for `-`; a file is there when all of it is, or not at all."""
    if file == STANDARD:
        yield terminal.write_bytes
        return
    path = new_file(file).resolve()
    if path.exists() and not path.is_file():
        raise WrongUsage(f"{file!r} is no file; - is standard output.")
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
    """Give the path of a file to make, or of a folder that is there.

    Raises WrongUsage for what can only be a folder, and is not there: `Path` forgets the slash
    that says so.
    """
    if text is None:
        return None
    if text.endswith((os.sep, f"{os.sep}.", f"{os.sep}..")) and not Path(text).is_dir():
        raise WrongUsage(f"There is no folder {text!r}.")
    return Path(text)


@contextmanager
def _replacing(path: Path) -> Iterator[Write]:
    """Write beside it, readable for the owner alone, and put that in its place at the end."""
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
