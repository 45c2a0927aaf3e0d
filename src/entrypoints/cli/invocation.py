"""Context of one command invocation: calls use cases, and prints users and pages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeVar

from entrypoints.cli.rendering import as_fields

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from uuid import UUID

    import typer

    from application.actor import Operator
    from application.audit.list_audit import ListAudit
    from application.pagination import Page
    from application.session.list_sessions import ListSessions
    from application.use_cases import UseCases
    from application.user.list_users import ListUsers
    from application.user.views import UserView
    from entrypoints.cli.runtime import Runtime
    from entrypoints.cli.terminal import Terminal

    Q = TypeVar("Q", ListAudit, ListSessions, ListUsers)

R = TypeVar("R")
T = TypeVar("T")

USER_AGENT: Final = "armature command line"
"""The user agent of sessions that are started here."""


@dataclass(frozen=True, slots=True)
class Invocation:
    runtime: Runtime
    terminal: Terminal
    is_debug: bool = False

    @property
    def operator(self) -> Operator:
        return self.runtime.operator()

    def call(self, action: Callable[[UseCases], Awaitable[R]]) -> R:
        """Run `action` on the use cases, opened before and closed after it."""
        import asyncio
        from uuid import uuid4

        from application.context import CallContext, call_context

        async def within() -> R:
            call_context.set(CallContext(request_id=str(uuid4()), user_agent=USER_AGENT))
            async with self.runtime.use_cases() as use_cases:
                return await action(use_cases)

        return asyncio.run(within())

    def call_for(self, who: UUID | str, action: Callable[[UseCases, UUID], Awaitable[R]]) -> R:
        """Run `action` on the use cases and the id of a user; raises UserNotFound."""

        async def find_and_act(use_cases: UseCases) -> R:
            return await action(use_cases, await self.find_id(use_cases, who))

        return self.call(find_and_act)

    async def find_id(self, use_cases: UseCases, who: UUID | str) -> UUID:
        """Return the id of the user with this address; raises UserNotFound."""
        from application.user.get_user import GetUser

        if isinstance(who, str):
            who = (await use_cases.get_user(GetUser(actor=self.operator, user=who))).id
        return who

    def show_user(self, user: UserView, done: str = "") -> None:
        """Print a user; `done` is a message about what was done."""
        if done:
            self.terminal.note(done)
        self.terminal.show({"user": user}, as_fields(user))

    def show_page(
        self,
        name: str,
        page: Page[T],
        columns: Sequence[str],
        row: Callable[[T], Sequence[object]],
    ) -> None:
        """Print a page as a table, and how to get the next one."""
        data = {name: page.items, "next_cursor": page.next_cursor}
        self.terminal.show_table(data, columns, [*map(row, page.items)])
        if not page.items:
            self.terminal.note(f"No {name}.")
        if page.next_cursor is not None:
            self.terminal.note(
                f"There are more: give the same options and --cursor {page.next_cursor}"
            )


async def read_page(
    read: Callable[[Q], Awaitable[Page[T]]], query: Q, *, all_pages: bool
) -> Page[T]:
    """Return the page of `query`; with `all_pages` that and all after it, as one."""
    page: Page[T] = await read(query)
    items = [*page.items]
    while all_pages and page.next_cursor is not None:
        page = await read(replace(query, cursor=page.next_cursor))
        items += page.items
    return replace(page, items=tuple(items))


def invocation(context: typer.Context) -> Invocation:
    """Return what `run` attached to the context of every command."""
    found = context.find_object(Invocation)
    if found is None:
        raise LookupError("a command was called outside of `run`")
    return found
