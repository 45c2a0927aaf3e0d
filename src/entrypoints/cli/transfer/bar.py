"""Progress bar."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from entrypoints.cli.terminal import Terminal


@contextmanager
def bar(terminal: Terminal, total: int | None) -> Iterator[Callable[[int, str], None]]:
    """Show a bar to a person at a terminal, on stderr, and take it away at the end.

    Give it how much is done, of `total` if that is known, and a word about it.
    """
    stderr = terminal.streams.stderr
    if terminal.wants_json or not stderr.isatty():
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
    with Progress(*columns, console=Console(file=stderr), transient=True) as progress:
        task = progress.add_task("", total=total, text="")
        yield lambda done, text: progress.update(task, completed=done, text=text)
