"""`maintenance` commands: purge of expired records."""

import time
from typing import TYPE_CHECKING, Annotated, Final

import typer

from application.maintenance.count_expired import CountExpired
from application.maintenance.expiry import Amounts
from application.maintenance.purge_expired import DEFAULT_BATCH, MAX_BATCH, PurgeExpired
from entrypoints.cli.invocation import Invocation, invocation
from entrypoints.cli.rendering import as_fields
from entrypoints.cli.terminal import Terminal

if TYPE_CHECKING:
    from application.use_cases import UseCases

app = typer.Typer()

LONGEST_PAUSE: Final = 1.0
"""Seconds between two batches, at most."""


@app.command()
def purge(
    context: typer.Context,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count what would be removed, and remove nothing.")
    ] = False,
    batch: Annotated[
        int,
        typer.Option(
            metavar="N", help=f"Records of each kind in one transaction, 1 to {MAX_BATCH}."
        ),
    ] = DEFAULT_BATCH,
    audit_older_than: Annotated[
        str | None, typer.Option(metavar="AGE", help="Instead of AUDIT_RETENTION, as 400d.")
    ] = None,
) -> None:
    """Remove expired refresh tokens, sessions and idempotency records, and old audit entries."""
    cli = invocation(context)
    if audit_older_than is not None:
        cli.runtime.override({"AUDIT_RETENTION": audit_older_than})
    if dry_run:
        counted = cli.call(
            lambda use_cases: use_cases.count_expired(CountExpired(actor=cli.operator))
        )
        cli.terminal.note("Nothing was removed. A purge would remove:")
        _show(cli, "would_remove", counted)
        return
    command = PurgeExpired(actor=cli.operator, batch=batch)
    removed = cli.call(lambda use_cases: _purge(use_cases, command, cli.terminal))
    cli.terminal.note("Removed:")
    _show(cli, "removed", removed)


async def _purge(use_cases: "UseCases", command: PurgeExpired, terminal: Terminal) -> Amounts:
    from asyncio import sleep

    removed, is_done = Amounts(), False
    with terminal.progress_bar(None) as progress:
        while not is_done:
            begun = time.monotonic()
            purged = await use_cases.purge_expired(command)
            removed, is_done = removed + purged.removed, purged.is_done
            if not is_done:
                progress(removed.total, f"Removed so far: {removed.total}")
                # Half of the time is left to other writers, since SQLite has no queue of them.
                await sleep(min(time.monotonic() - begun, LONGEST_PAUSE))
    return removed


def _show(cli: Invocation, name: str, amounts: Amounts) -> None:
    cli.terminal.show({name: amounts}, as_fields(amounts))
