"""`config` commands: show and check the configuration."""

import typer

from entrypoints.cli.invocation import invocation

app = typer.Typer()


@app.command()
def show(context: typer.Context) -> None:
    """Show every variable, its value without secrets, and the source of the value."""
    cli = invocation(context)
    rows = [(each.name, each.value, each.source) for each in cli.runtime.variables()]
    columns = ("name", "value", "source")
    data = {"variables": [dict(zip(columns, row, strict=True)) for row in rows]}
    cli.terminal.show_table(data, columns, rows)


@app.command()
def check(context: typer.Context) -> None:
    """List every problem of the configuration, or report that there is none."""
    cli = invocation(context)
    cli.runtime.check()
    warnings = cli.runtime.warnings()
    for warning in warnings:
        cli.terminal.note(f"warning: {warning}")
    cli.terminal.show({"valid": True, "warnings": warnings}, "The configuration is valid.")
