"""Standard streams of a command."""

import os
import sys
from dataclasses import dataclass
from typing import Literal, Self, TextIO


@dataclass(frozen=True, slots=True)
class Streams:
    stdin: TextIO
    stdout: TextIO
    stderr: TextIO

    @classmethod
    def of(
        cls,
        stdin: TextIO | None = None,
        stdout: TextIO | None = None,
        stderr: TextIO | None = None,
    ) -> Self:
        """Take what is given, else the process's own; one that was closed is an empty one."""
        return cls(
            stdin or sys.stdin or _nothing("r"),
            stdout or sys.stdout or _nothing("w"),
            stderr or sys.stderr or _nothing("w"),
        )


def _nothing(mode: Literal["r", "w"]) -> TextIO:
    # Lives as long as the process does.
    return open(os.devnull, mode, encoding="utf-8")  # noqa: PTH123 - a device


def has_colours(stream: TextIO) -> bool:
    """Whether a person sees colours there and wants them (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
