"""Options shared by import and export commands."""

from typing import Annotated

import typer

from entrypoints.cli.transfer.source import Format

FormatOption = Annotated[
    Format | None,
    typer.Option(metavar="jsonl|csv", help="By the name of the file if not given."),
]
