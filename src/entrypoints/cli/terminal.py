"""Terminal input and output: prompts, results, messages."""

import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TextIO

from application.errors import InvalidInput
from domain.errors import ValidationFailed
from entrypoints.cli.errors import Cancelled, OutputFailed, WrongUsage
from entrypoints.cli.rendering import as_json, harmless
from entrypoints.cli.streams import Streams

MAX_INPUT: Final = 16 * 1024
"""Bytes of a password or token on standard input; longer than any that is accepted."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """Results go to stdout; everything else, questions included, to stderr."""

    streams: Streams
    wants_json: bool = False

    def show(self, data: Mapping[str, object], human: Callable[[TextIO], str]) -> None:
        """Print a result: `data` for scripts, what `human` makes of it for people."""
        stdout = self.streams.stdout
        if self.wants_json:
            text = as_json(data, ascii_only=not _speaks_unicode(stdout))
        else:
            text = human(stdout)
        if text:
            self.write(f"{text}\n")

    def write(self, text: str) -> None:
        """Print to stdout; raises BrokenPipeError, or OutputFailed."""
        try:
            print(text, end="", file=self.streams.stdout, flush=True)
        except BrokenPipeError:
            raise
        except (OSError, UnicodeError) as error:
            raise OutputFailed(str(error)) from error

    def write_bytes(self, data: bytes) -> None:
        """Send bytes to stdout as they are, whatever it speaks; raises as `write` does."""
        try:
            self.streams.stdout.buffer.write(data)
            self.streams.stdout.buffer.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputFailed(str(error)) from error

    def note(self, message: str) -> None:
        """Tell a person something that is no result; scripts are not told."""
        if not self.wants_json:
            with suppress(OSError):
                print(harmless(message), file=self.streams.stderr, flush=True)

    def progress(self, message: str) -> None:
        """Show a person how far it is, in one line that the next one takes; "" takes it away."""
        stderr = self.streams.stderr
        if not self.wants_json and stderr.isatty():
            with suppress(OSError):
                # ECMA-48: back to the first column, and erase the line.
                print(f"\r\x1b[K{harmless(message)}", end="", file=stderr, flush=True)

    def confirm(self, question: str) -> None:
        """Go on only after a yes; raises Cancelled, or WrongUsage where nobody can be asked."""
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

    def _read_stdin(self) -> str:
        """Read all of it, less one newline at the end."""
        raw = self.streams.stdin.buffer.read(MAX_INPUT + 1)
        if len(raw) > MAX_INPUT:
            raise InvalidInput(f"Standard input holds more than {MAX_INPUT} bytes.")
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


def _speaks_unicode(stream: TextIO) -> bool:
    return (stream.encoding or "").lower().replace("-", "") == "utf8"
