"""Terminal: standard streams, prompts, results, messages, progress bar."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final, Literal, Self, TextIO

from application.errors import InvalidInput
from domain.errors import ValidationFailed
from entrypoints.cli.errors import Cancelled, OutputFailed, WrongUsage
from entrypoints.cli.rendering import as_json, as_table, harmless

MAX_INPUT: Final = 16 * 1024
"""Bytes of a password or token on standard input; longer than any that is accepted."""


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
        """Use the given streams, else those of the process; a closed one is empty."""
        return cls(
            stdin or sys.stdin or _devnull("r"),
            stdout or sys.stdout or _devnull("w"),
            stderr or sys.stderr or _devnull("w"),
        )


@dataclass(frozen=True, slots=True)
class Terminal:
    """Results go to stdout; everything else, prompts included, to stderr."""

    streams: Streams
    wants_json: bool = False

    def show(self, data: Mapping[str, object], text: str) -> None:
        """Print a result: `data` as JSON for scripts, `text` for people."""
        self._print_result(data, lambda: text)

    def show_table(
        self, data: Mapping[str, object], columns: Sequence[str], rows: Sequence[Sequence[object]]
    ) -> None:
        """Print a result: `data` as JSON for scripts, a table for people; no rows print nothing."""
        stdout = self.streams.stdout
        self._print_result(data, lambda: as_table(columns, rows, stdout) if rows else "")

    def write(self, text: str) -> None:
        """Print to stdout; raises BrokenPipeError, or OutputFailed."""
        with _output_failures():
            print(text, end="", file=self.streams.stdout, flush=True)

    def write_bytes(self, data: bytes) -> None:
        """Write bytes to stdout, whatever its encoding; raises as `write` does."""
        with _output_failures():
            self.streams.stdout.buffer.write(data)
            self.streams.stdout.buffer.flush()

    def note(self, message: str) -> None:
        """Print a message to stderr, for people only."""
        if not self.wants_json:
            with suppress(OSError):
                print(harmless(message), file=self.streams.stderr, flush=True)

    @contextmanager
    def progress_bar(self, total: int | None) -> Iterator[Callable[[int, str], None]]:
        """Show a progress bar, and erase it at the end.

        Call the function with how much of `total` is done, and a text.
        """
        if self.wants_json or not self.streams.stderr.isatty():
            yield lambda _done, _text: None
            return
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            Progress,
            TaskProgressColumn,
            TextColumn,
            TimeRemainingColumn,
        )

        columns = (
            BarColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[text]}"),
        )
        console = Console(file=self.streams.stderr)
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task("", total=total, text="")
            yield lambda done, text: progress.update(task, completed=done, text=text)

    def confirm(self, question: str) -> None:
        """Ask for a yes; raises Cancelled, or WrongUsage without a terminal."""
        if not self._is_interactive:
            raise WrongUsage("There is no terminal to ask for confirmation: give --yes.")
        answer = self._ask(f"{harmless(question)} [y/N] ")
        if answer.strip().lower() not in {"y", "yes"}:
            self.note("Nothing was done.")
            raise Cancelled

    def new_password(self, label: str, *, from_stdin: bool, called: str) -> str:
        """Ask for a password twice, or read it from stdin; `called` is its field."""
        first = self.secret(label, from_stdin=from_stdin, option="--password-stdin")
        if not from_stdin and self._ask_hidden("The same again: ") != first:
            raise ValidationFailed.of(called, "The two entries are not the same.")
        return first

    def secret(self, label: str, *, from_stdin: bool, option: str | None = None) -> str:
        """Ask without an echo, or read stdin; without a terminal only the latter works.

        `option` is what makes a command read stdin; without one it does so by itself where
        there is no terminal.
        """
        if from_stdin or (option is None and not self._is_interactive):
            return self._read_stdin()
        if not self._is_interactive:
            raise WrongUsage(f"There is no terminal to ask for the {label.lower()}: use {option}.")
        return self._ask_hidden(f"{label}: ")

    @property
    def _is_interactive(self) -> bool:
        return self.streams.stdin.isatty()

    def _print_result(self, data: Mapping[str, object], text_of: Callable[[], str]) -> None:
        if self.wants_json:
            encoding = (self.streams.stdout.encoding or "").lower().replace("-", "")
            text = as_json(data, ascii_only=encoding != "utf8")
        else:
            text = text_of()
        if text:
            self.write(f"{text}\n")

    def _read_stdin(self) -> str:
        """Read all of it, less one newline at the end."""
        raw = self.streams.stdin.buffer.read(MAX_INPUT + 1)
        if len(raw) > MAX_INPUT:
            raise InvalidInput(f"Standard input has more than {MAX_INPUT} bytes.")
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            raise InvalidInput("Standard input is not valid UTF-8.") from None
        return text[:-2] if text.endswith("\r\n") else text.removesuffix("\n")

    def _ask(self, question: str) -> str:
        print(question, end="", file=self.streams.stderr, flush=True)
        try:
            line = self.streams.stdin.readline(MAX_INPUT + 1)
        except UnicodeDecodeError:
            raise InvalidInput("What was typed is not valid UTF-8.") from None
        if not line:
            raise Cancelled
        if len(line) > MAX_INPUT:
            raise InvalidInput(f"What was typed has more than {MAX_INPUT} characters.")
        return line.removesuffix("\n")

    def _ask_hidden(self, question: str) -> str:
        if self.streams.stdin is not sys.stdin:
            return self._ask(question)
        from getpass import getpass

        try:
            return getpass(question, self.streams.stderr)
        except EOFError:
            raise Cancelled from None
        except UnicodeDecodeError:
            raise InvalidInput("What was typed is not valid UTF-8.") from None


@contextmanager
def _output_failures() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except (OSError, UnicodeError) as error:
        raise OutputFailed(str(error)) from error


def _devnull(mode: Literal["r", "w"]) -> TextIO:
    # Open until the process ends.
    return open(os.devnull, mode, encoding="utf-8")  # noqa: PTH123 - a device
