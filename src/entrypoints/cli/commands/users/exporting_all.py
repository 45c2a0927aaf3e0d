"""`users export`."""

from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from application.user.export_users import ExportUsers
from entrypoints.cli.invocation import invocation
from entrypoints.cli.transfer.bar import bar
from entrypoints.cli.transfer.csv_rows import write_csv_header, write_csv_row
from entrypoints.cli.transfer.json_lines import write_json_line
from entrypoints.cli.transfer.options import FormatOption
from entrypoints.cli.transfer.source import STANDARD, Format
from entrypoints.cli.transfer.target import Write, written

if TYPE_CHECKING:
    from application.use_cases import UseCases

app = typer.Typer()


@app.command("export")
def export_users(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="What to write; - is stdout.")],
    *,
    format: FormatOption = None,
    with_hashes: Annotated[
        bool,
        typer.Option("--with-hashes", help="Password hashes too: keep the file as secret as they."),
    ] = False,
) -> None:
    """Export all users, in a form that `users import` reads."""
    cli = invocation(context)
    form = format or Format.of(file)
    command = ExportUsers(actor=cli.operator, with_hashes=with_hashes)
    with written(file, cli.terminal) as write, bar(cli.terminal, None) as show:
        count = cli.call(lambda use_cases: _export(use_cases, command, form, write, show))
    if file == STANDARD:
        cli.terminal.note(f"Exported: {count} users")
        return
    cli.terminal.show(
        {"exported": count, "written": file}, lambda _: f"Written: {file}, {count} users"
    )


async def _export(
    use_cases: "UseCases",
    command: ExportUsers,
    form: Format,
    write: Write,
    show: Any,  # noqa: ANN401
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
            show(count, f"{count} users")
    return count
