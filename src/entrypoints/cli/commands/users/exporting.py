"""`users export-data`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from application.user.export_data import ExportData, ExportedData
from entrypoints.cli.arguments import Who, find_id, read_who
from entrypoints.cli.errors import OutputFailed, WrongUsage
from entrypoints.cli.invocation import invocation
from entrypoints.cli.rendering import as_json
from entrypoints.cli.serializers import export_to_dict
from entrypoints.cli.transfer.target import new_file

if TYPE_CHECKING:
    from application.use_cases import UseCases

app = typer.Typer()


@app.command("export-data")
def export_data(
    context: typer.Context,
    user: Who,
    *,
    output: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="A new file, or a folder to make one in."),
    ] = None,
) -> None:
    """Print everything held on a user, as JSON."""
    cli, who, target = invocation(context), read_who(user), new_file(output)

    async def export(use_cases: "UseCases") -> ExportedData:
        user_id = await find_id(use_cases, cli.operator, who)
        return await use_cases.export_data(ExportData(actor=cli.operator, user_id=user_id))

    data = cli.call(export)
    facts = export_to_dict(data)
    if target is None:
        cli.terminal.show(facts, lambda _: as_json(facts))
        return
    path = target / data.file_name if target.is_dir() else target
    _write_new(path, f"{as_json(facts)}\n")
    cli.terminal.show({"written": str(path)}, lambda _: f"Written: {path}")


def _write_new(path: Path, text: str) -> None:
    """Make a file that only its owner reads; one that is there is never written to."""
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - a descriptor
            file.write(text.encode())
    except FileExistsError:
        raise WrongUsage(f"{str(path)!r} exists already.") from None
    except OSError as error:
        raise OutputFailed(f"{path}: {error.strerror}") from error
