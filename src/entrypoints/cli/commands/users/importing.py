"""`users import`."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Final

import typer

from application.user.import_users import Earlier, Imported, ImportUsers
from application.user.incoming_user import ROLES_NOT_ALLOWED
from domain.errors import Category, FieldError
from entrypoints.cli.errors import EXIT_CODES
from entrypoints.cli.invocation import Invocation, invocation
from entrypoints.cli.rendering import as_fields
from entrypoints.cli.transfer.bar import bar
from entrypoints.cli.transfer.options import FormatOption
from entrypoints.cli.transfer.rejects import Rejects, rejects
from entrypoints.cli.transfer.row import Row
from entrypoints.cli.transfer.source import Source, opened
from entrypoints.cli.transfer.target import new_file

if TYPE_CHECKING:
    from application.use_cases import UseCases

app = typer.Typer()

BATCH: Final = 1_000
"""Accounts in memory, and in one transaction."""
TOLD: Final = 20
"""Refused lines that are told of; --rejects has them all."""


@app.command("import")
def import_users(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="What to read; - is stdin.")],
    *,
    format: FormatOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check every line, and import none.")
    ] = False,
    without_password: Annotated[
        bool,
        typer.Option("--without-password", help="Take users without a hash; they cannot log in."),
    ] = False,
    allow_roles: Annotated[
        bool,
        typer.Option("--allow-roles", help="Take the roles of the lines, `admin` among them."),
    ] = False,
    rejects_to: Annotated[
        str | None,
        typer.Option("--rejects", metavar="PATH", help="Write the lines that were refused there."),
    ] = None,
) -> None:
    """Import users with their password hashes. Run again, it goes on where it was."""
    cli = invocation(context)
    summary = _Summary(cli, dry_run=dry_run)
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
        work = _Work(source, refused, summary)
        cli.call(lambda use_cases: work(use_cases, command))
    summary.flush_errors()
    summary.show()
    if summary.counts["refused"]:
        raise typer.Exit(EXIT_CODES[Category.VALIDATION])


@dataclass(slots=True)
class _Summary:
    """What is said of it all."""

    cli: Invocation
    dry_run: bool
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Mapping[str, object]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def add(self, rows: list[Row], done: Imported) -> None:
        self.counts["read"] += len(rows)
        self.counts["added"] += done.added
        self.counts["there_already"] += done.there_already

    def refuse(self, line: int, errors: tuple[FieldError, ...]) -> None:
        self.counts["refused"] += 1
        self.counts["roles_not_allowed"] += ROLES_NOT_ALLOWED in errors
        if len(self.problems) >= TOLD:
            return
        facts = [{"field": each.field, "message": each.message} for each in errors]
        self.problems.append({"line": line, "errors": facts})
        self.said += (f"line {line}: {each.field}: {each.message}" for each in errors)

    def flush_errors(self) -> None:
        """Tell of what was refused, once no bar is in the way."""
        for line in self.said:
            self.cli.terminal.note(line)

    def show(self) -> None:
        names = ("read", "added", "there_already", "refused")
        counts: dict[str, object] = {name: self.counts[name] for name in names}
        unsaid = self.counts["refused"] - len(self.problems)
        if unsaid:
            self.cli.terminal.note(f"{unsaid} more lines were refused; --rejects writes them all.")
        if with_roles := self.counts["roles_not_allowed"]:
            self.cli.terminal.note(
                f"Lines refused because they give roles: {with_roles}. --allow-roles takes them."
            )
        if self.dry_run:
            self.cli.terminal.note("Nothing was imported. An import would give:")
        data = {"import": {**counts, "dry_run": self.dry_run, "problems": self.problems}}
        self.cli.terminal.show(data, lambda _: as_fields(counts))


@dataclass(frozen=True, slots=True)
class _Work:
    """One batch after the other: in memory is never more than one."""

    source: Source
    rejects: Rejects
    summary: _Summary

    async def __call__(self, use_cases: "UseCases", command: ImportUsers) -> None:
        terminal = self.summary.cli.terminal
        try:
            with bar(terminal, self.source.size) as show:
                for rows in self.source.batches(BATCH):
                    await self._import(use_cases, command, rows)
                    show(self.source.read, f"{self.summary.counts['read']} read")
        except BaseException:
            self.summary.flush_errors()
            done = self.summary.counts["read"]
            terminal.note(f"Stopped after {done} records. Run the same again to go on.")
            raise

    async def _import(self, use_cases: "UseCases", command: ImportUsers, rows: list[Row]) -> None:
        from dataclasses import replace

        records = tuple(row.record for row in rows if row.record is not None)
        done = await use_cases.import_users(replace(command, records=records))
        reasons = {each.line: each.errors for each in done.refused}
        for row in rows:
            errors = row.errors or reasons.get(row.line)
            if errors:
                self.summary.refuse(row.line, errors)
                self.rejects.add(row, self.source.header)
        self.summary.add(rows, done)
