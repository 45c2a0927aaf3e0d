"""Options that commands about files of users share."""

from typing import Annotated

import typer

from entrypoints.cli.transfer.source import Format

FormatOption = Annotated[
    Format | None,
    typer.Option(metavar="jsonl|csv", help="By the name of the file if not given."),
]
