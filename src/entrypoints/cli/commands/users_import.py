"""`users import`: users from a file, in batches."""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Final

import typer

from application.user.import_users import Earlier, ImportUsers
from application.user.incoming_user import ROLES_NOT_ALLOWED
from domain.errors import Category, FieldError
from entrypoints.cli.errors import EXIT_CODES
from entrypoints.cli.invocation import invocation
from entrypoints.cli.rendering import as_fields
from entrypoints.cli.terminal import Terminal
from entrypoints.cli.transfer.source import FormatOption, Source, opened
from entrypoints.cli.transfer.target import Rejects, new_file, rejects

if TYPE_CHECKING:
    from application.use_cases import UseCases

app = typer.Typer()

BATCH: Final = 1_000
"""Accounts in memory, and in one transaction."""
SHOWN: Final = 20
"""Refused lines that are printed; --rejects writes all."""


@app.command("import")
def import_users(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The file to read; - is stdin.")],
    *,
    format: FormatOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check every line, and import none.")
    ] = False,
    without_password: Annotated[
        bool,
        typer.Option("--without-password", help="Accept users without a hash; they cannot log in."),
    ] = False,
    allow_roles: Annotated[
        bool,
        typer.Option("--allow-roles", help="Accept the roles of the lines, `admin` among them."),
    ] = False,
    rejects_to: Annotated[
        str | None,
        typer.Option("--rejects", metavar="PATH", help="Write the refused lines to this file."),
    ] = None,
) -> None:
    """Import users with their password hashes. Run again, it continues where it stopped."""
    cli = invocation(context)
    summary = _Summary(cli.terminal)
    command = ImportUsers(
        actor=cli.operator,
        records=(),
        without_password=without_password,
        allow_roles=allow_roles,
        dry_run=dry_run,
        earlier=Earlier() if dry_run else None,
    )
    with (
        opened(file, format, cli.terminal.streams) as source,
        rejects(new_file(rejects_to), file) as refused,
    ):
        cli.call(lambda use_cases: _import(use_cases, command, source, refused, summary))
    summary.note_problems()
    summary.show(dry_run=dry_run)
    if summary.counts["refused"]:
        raise typer.Exit(EXIT_CODES[Category.VALIDATION])


@dataclass(frozen=True, slots=True)
class _Summary:
    """Counts of an import, and the problems of the first lines that were refused."""

    terminal: Terminal
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[tuple[int, tuple[FieldError, ...]]] = field(default_factory=list)

    def refuse(self, line: int, errors: tuple[FieldError, ...]) -> None:
        self.counts["refused"] += 1
        self.counts["roles_not_allowed"] += ROLES_NOT_ALLOWED in errors
        if len(self.problems) < SHOWN:
            self.problems.append((line, errors))

    def note_problems(self) -> None:
        for line, errors in self.problems:
            for each in errors:
                self.terminal.note(f"line {line}: {each.field}: {each.message}")

    def show(self, *, dry_run: bool) -> None:
        names = ("read", "added", "there_already", "refused")
        counts: dict[str, object] = {name: self.counts[name] for name in names}
        if more := self.counts["refused"] - len(self.problems):
            self.terminal.note(f"{more} more lines were refused; --rejects writes them all.")
        if with_roles := self.counts["roles_not_allowed"]:
            self.terminal.note(
                f"Lines refused because they give roles: {with_roles}. --allow-roles accepts them."
            )
        if dry_run:
            self.terminal.note("Nothing was imported. An import would give:")
        problems = [{"line": line, "errors": errors} for line, errors in self.problems]
        data = {"import": {**counts, "dry_run": dry_run, "problems": problems}}
        self.terminal.show(data, as_fields(counts))


async def _import(
    use_cases: "UseCases",
    command: ImportUsers,
    source: Source,
    refused: Rejects,
    summary: _Summary,
) -> None:
    """Import batch by batch; no more than one is in memory."""
    try:
        with summary.terminal.progress_bar(source.size) as progress:
            for rows in source.batches(BATCH):
                records = tuple(row.record for row in rows if row.record is not None)
                done = await use_cases.import_users(replace(command, records=records))
                reasons = {each.line: each.errors for each in done.refused}
                for row in rows:
                    if errors := row.errors or reasons.get(row.line):
                        summary.refuse(row.line, errors)
                        refused.add(row, source.header)
                summary.counts.update(
                    read=len(rows), added=done.added, there_already=done.there_already
                )
                progress(source.read, f"{summary.counts['read']} read")
    except BaseException:
        summary.note_problems()
        read = summary.counts["read"]
        summary.terminal.note(f"Stopped after {read} records. Run the same again to go on.")
        raise
