"""Input of an import: file or stdin."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Annotated, BinaryIO, Final

import typer

from entrypoints.cli.errors import WrongUsage
from entrypoints.cli.terminal import Streams
from entrypoints.cli.transfer.csv_rows import read_csv
from entrypoints.cli.transfer.json_lines import read_json_lines
from entrypoints.cli.transfer.lines import Line, Row, lines

STANDARD: Final = "-"


class Format(StrEnum):
    JSONL = "jsonl"
    CSV = "csv"

    @classmethod
    def of(cls, file: str) -> "Format":
        return cls.CSV if file.lower().endswith(".csv") else cls.JSONL


FormatOption = Annotated[
    Format | None,
    typer.Option(metavar="jsonl|csv", help="By the name of the file if not given."),
]


@dataclass(slots=True)
class Source:
    """The users in a file or on standard input; `size` in bytes, None where it is unknown."""

    stream: BinaryIO
    format: Format
    size: int | None
    read: int = 0
    header: bytes = b""

    def batches(self, size: int) -> Iterator[list[Row]]:
        """Yield all rows, `size` at a time."""
        counted = self._counted()
        rows = read_csv(counted) if self.format is Format.CSV else read_json_lines(counted)
        while batch := [*islice(rows, size)]:
            yield batch

    def _counted(self) -> Iterator[Line]:
        for line in lines(self.stream):
            self.read += len(line.raw)
            if line.number == 1 and self.format is Format.CSV:
                self.header = line.raw
            yield line


@contextmanager
def opened(file: str, format: Format | None, streams: Streams) -> Iterator[Source]:
    """Open a file, or standard input for `-`; raises WrongUsage."""
    form = format or Format.of(file)
    if file == STANDARD:
        yield Source(streams.stdin.buffer, form, None)
        return
    try:
        stream = Path(file).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise WrongUsage(f"{file}: {error.strerror}.") from error
    with stream:
        status = os.fstat(stream.fileno())
        yield Source(stream, form, status.st_size if stat.S_ISREG(status.st_mode) else None)
