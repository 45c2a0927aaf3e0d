"""Root command and its global options."""

from typing import Annotated

import typer

from entrypoints.cli.invocation import invocation


def root(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        _show_version(context)
        raise typer.Exit
    group(context)


def group(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        invocation(context).terminal.write(f"{context.get_help()}\n")


def _show_version(context: typer.Context) -> None:
    from importlib import metadata

    try:
        version = metadata.version("armature")
    except metadata.PackageNotFoundError:
        version = "0.0.0"  # sources that nobody installed
    invocation(context).terminal.show({"version": version}, lambda _: f"armature {version}")
