"""`users export` (all users) and `users export-data` (all data of one)."""

from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from application.user.export_data import ExportData
from application.user.export_users import ExportUsers
from entrypoints.cli.arguments import Who, read_who
from entrypoints.cli.invocation import invocation
from entrypoints.cli.rendering import as_json, field_values
from entrypoints.cli.transfer.csv_rows import write_csv_header, write_csv_row
from entrypoints.cli.transfer.json_lines import write_json_line
from entrypoints.cli.transfer.source import STANDARD, Format, FormatOption
from entrypoints.cli.transfer.target import Write, new_file, write_new, written

if TYPE_CHECKING:
    from collections.abc import Callable

    from application.use_cases import UseCases

app = typer.Typer()


@app.command("export")
def export_users(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The file to write; - is stdout.")],
    *,
    format: FormatOption = None,
    with_hashes: Annotated[
        bool, typer.Option("--with-hashes", help="With password hashes: the file is a secret then.")
    ] = False,
) -> None:
    """Export all users, in a format that `users import` reads."""
    cli = invocation(context)
    form = format or Format.of(file)
    command = ExportUsers(actor=cli.operator, with_hashes=with_hashes)
    with written(file, cli.terminal) as write, cli.terminal.progress_bar(None) as progress:
        count = cli.call(lambda use_cases: _export(use_cases, command, form, write, progress))
    if file == STANDARD:
        cli.terminal.note(f"Exported: {count} users")
    else:
        cli.terminal.show({"exported": count, "written": file}, f"Written: {file}, {count} users")


@app.command("export-data")
def export_data(
    context: typer.Context,
    user: Who,
    *,
    output: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="A new file, or a folder for one."),
    ] = None,
) -> None:
    """Print all data that is stored about a user, as JSON."""
    cli, who, target = invocation(context), read_who(user), new_file(output)
    data = cli.call_for(
        who,
        lambda use_cases, user_id: use_cases.export_data(
            ExportData(actor=cli.operator, user_id=user_id)
        ),
    )
    if target is None:
        cli.terminal.show(field_values(data), as_json(data))
        return
    path = target / data.file_name if target.is_dir() else target
    write_new(path, f"{as_json(data)}\n")
    cli.terminal.show({"written": str(path)}, f"Written: {path}")


async def _export(
    use_cases: "UseCases",
    command: ExportUsers,
    form: Format,
    write: Write,
    progress: "Callable[[int, str], None]",
) -> int:
    count = 0
    line = write_csv_row if form is Format.CSV else write_json_line
    pages = cast("Any", await use_cases.export_users(command))
    if form is Format.CSV:
        write(write_csv_header(with_hash=command.with_hashes))
    async with aclosing(pages):
        async for page in pages:
            write(b"".join(line(record, with_hash=command.with_hashes) for record in page))
            count += len(page)
            progress(count, f"{count} users")
    return count
