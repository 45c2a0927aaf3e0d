"""`audit` commands: list the audit trail."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from application.audit.entry import AuditEntry
from application.audit.list_audit import ListAudit
from application.pagination import Page
from entrypoints.cli.arguments import (
    AllPages,
    Cursor,
    limit_option,
    page_limit,
    read_time,
    read_who,
)
from entrypoints.cli.invocation import invocation, read_page

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
        str | None, typer.Option(metavar="TYPE", help="Only this type, as `role.granted`.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Only from this time on.")
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="Only before this time: 2026-01-31 or 2026-01-31T08:00, in UTC."
        ),
    ] = None,
    limit: Annotated[int | None, limit_option("entries")] = None,
    cursor: Cursor = None,
    all_pages: AllPages = False,
) -> None:
    """List who did what, the newest first."""
    cli = invocation(context)
    query = ListAudit(
        actor=cli.operator,
        limit=page_limit(limit, all_pages=all_pages),
        cursor=cursor,
        type=type,
        since=read_time("--since", since),
        until=read_time("--until", until),
    )
    who = None if user is None else read_who(user)

    async def read(use_cases: "UseCases") -> Page[AuditEntry]:
        user_id = None if who is None else await cli.find_id(use_cases, who)
        return await read_page(
            use_cases.list_audit, replace(query, user_id=user_id), all_pages=all_pages
        )

    columns = ("time", "type", "by", "user", "address", "details")
    cli.show_page("entries", cli.call(read), columns, _row)


def _row(entry: AuditEntry) -> tuple[object, ...]:
    by: object = entry.actor_id
    if entry.operator is not None:
        by = f"operator {entry.operator}"
    elif entry.actor_id is not None and entry.actor_id == entry.user_id:
        by = "the user"
    details = " ".join(f"{name}={value}" for name, value in entry.details.items())
    return entry.occurred_at, entry.type, by, entry.user_id, entry.client_address, details
