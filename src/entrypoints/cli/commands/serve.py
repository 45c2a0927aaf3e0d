"""`serve` command: the HTTP API."""

from typing import Annotated

import typer

from entrypoints.cli.invocation import invocation


def serve(
    context: typer.Context,
    *,
    host: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Instead of HTTP_HOST.")
    ] = None,
    port: Annotated[int | None, typer.Option(metavar="PORT", help="Instead of HTTP_PORT.")] = None,
    workers: Annotated[
        int | None, typer.Option(metavar="N", help="Instead of HTTP_WORKERS.")
    ] = None,
) -> int:
    """Start the API and serve until told to stop."""
    cli = invocation(context)
    given = {"HTTP_HOST": host, "HTTP_PORT": port, "HTTP_WORKERS": workers}
    cli.runtime.override({name: str(value) for name, value in given.items() if value is not None})
    for warning in cli.runtime.warnings():
        cli.terminal.note(f"warning: {warning}")
    return cli.runtime.serve()
