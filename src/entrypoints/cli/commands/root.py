"""Root command with its options, `serve` and `openapi`."""

from typing import Annotated

import typer

from entrypoints.cli.invocation import invocation


def root(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        from application.version import VERSION

        invocation(context).terminal.show({"version": VERSION}, f"armature {VERSION}")
        raise typer.Exit
    help_when_alone(context)


def help_when_alone(context: typer.Context) -> None:
    """Print the help of a group that is called without a command."""
    if context.invoked_subcommand is None:
        invocation(context).terminal.write(f"{context.get_help()}\n")


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
    """Serve the HTTP API until SIGTERM or SIGINT."""
    cli = invocation(context)
    given = {"HTTP_HOST": host, "HTTP_PORT": port, "HTTP_WORKERS": workers}
    cli.runtime.override({name: str(value) for name, value in given.items() if value is not None})
    for warning in cli.runtime.warnings():
        cli.terminal.note(f"warning: {warning}")
    return cli.runtime.serve()


def openapi(context: typer.Context) -> None:
    """Print the OpenAPI document of the API, as JSON."""
    cli = invocation(context)
    cli.terminal.write(cli.runtime.openapi_document().decode().rstrip("\n") + "\n")
