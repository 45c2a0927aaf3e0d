"""`openapi` command: prints the OpenAPI document."""

import typer

from entrypoints.cli.invocation import invocation


def openapi(context: typer.Context) -> None:
    """Print the OpenAPI document of the API, as JSON."""
    cli = invocation(context)
    cli.terminal.write(cli.runtime.openapi_document().decode().rstrip("\n") + "\n")
