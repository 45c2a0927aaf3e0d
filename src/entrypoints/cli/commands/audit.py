"""`audit` commands: list the audit trail."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from application.audit.entry import AuditEntry
from application.audit.list_audit import ListAudit
from application.pagination import DEFAULT_LIMIT, MAX_LIMIT, Page
from entrypoints.cli.arguments import WORD, find_id, read_who
from entrypoints.cli.errors import WrongUsage
from entrypoints.cli.invocation import Invocation, invocation
from entrypoints.cli.pages import Cursor, Everything, check_limit, follow, note_next
from entrypoints.cli.rendering import as_table, as_text
from entrypoints.cli.serializers import audit_entry_to_dict

if TYPE_CHECKING:
    from application.use_cases import UseCases

app = typer.Typer()


@app.command("list")
def list_audit(
    context: typer.Context,
    *,
    user: Annotated[
        str | None, typer.Option(metavar="EMAIL|ID", help="Only what was done to this user.")
    ] = None,
    type: Annotated[
        str | None, typer.Option(metavar="TYPE", help="Only this, as `role.granted`.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Only from this time on.")
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Only before: 2026-01-31, 2026-01-31T08:00; in UTC."),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(metavar="N", help=f"1 to {MAX_LIMIT} entries; {DEFAULT_LIMIT} if not given."),
    ] = None,
    cursor: Cursor = None,
    everything: Everything = False,
) -> None:
    """List who did what, the newest first."""
    check_limit(limit, everything=everything)
    cli = invocation(context)
    who = None if user is None else read_who(user)
    query = ListAudit(
        actor=cli.operator,
        limit=DEFAULT_LIMIT if limit is None else limit,
        cursor=cursor,
        type=type,
        since=_time("--since", since),
        until=_time("--until", until),
    )

    async def ask(use_cases: "UseCases") -> Page[AuditEntry]:
        asked = query
        if who is not None:
            asked = replace(query, user_id=await find_id(use_cases, cli.operator, who))
        if not everything:
            return await use_cases.list_audit(asked)
        return await follow(
            lambda after: use_cases.list_audit(replace(asked, limit=MAX_LIMIT, cursor=after)),
            cursor,
        )

    _show(cli, cli.call(ask))


def _time(option: str, text: str | None) -> datetime | None:
    try:
        time = None if text is None else datetime.fromisoformat(text if WORD.admits(text) else "")
    except ValueError:
        raise WrongUsage(f"{option}: write a time as 2026-01-31 or 2026-01-31T08:00:00Z.") from None
    return time.replace(tzinfo=UTC) if time is not None and time.tzinfo is None else time


def _show(cli: Invocation, page: Page[AuditEntry]) -> None:
    data = {"entries": [*map(audit_entry_to_dict, page.items)], "next_cursor": page.next_cursor}
    columns = ("time", "type", "by", "user", "address", "details")
    rows = [
        (one.occurred_at, one.type, _by(one), one.user_id, one.client_address, _details(one))
        for one in page.items
    ]
    cli.terminal.show(data, lambda stream: as_table(columns, rows, stream) if rows else "")
    if not rows:
        cli.terminal.note("No entries.")
    note_next(cli.terminal, page)


def _by(entry: AuditEntry) -> str:
    if entry.operator is not None:
        return f"operator {entry.operator}"
    if entry.actor_id is not None and entry.actor_id == entry.user_id:
        return "the user"
    return as_text(entry.actor_id)


def _details(entry: AuditEntry) -> str:
    return " ".join(f"{name}={value}" for name, value in entry.details.items())
