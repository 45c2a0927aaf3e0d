"""Export all users, to move them elsewhere."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final, cast

from application.actor import Actor, require_operator
from application.audit.entries import AuditEntries
from application.audit.types import AuditType
from application.ports.account_stream import AccountStream
from application.ports.audit_trail import AUDIT_TRAIL
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory
from application.user.user_record import UserRecord
from domain.user.user import User

PAGE: Final = 1_000
"""Accounts in memory at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportUsers:
    """`with_hashes` gives the password hashes too: whoever has them can guess passwords."""

    actor: Actor
    with_hashes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportUsersHandler:
    """Give every open account, a page at a time, as they were at one moment.

    That they were taken out is in the audit trail before the first of them is given.
    """

    account_stream: AccountStream
    unit_of_work: UnitOfWorkFactory
    entries: AuditEntries
    clock: Clock

    async def __call__(self, command: ExportUsers) -> AsyncIterator[tuple[UserRecord, ...]]:
        require_operator(command.actor)
        details = {"with_hashes": int(command.with_hashes)}
        entry = self.entries.make(AuditType.USERS_EXPORTED, self.clock.now(), None, details)
        async with self.unit_of_work() as uow:
            await uow.repository(AUDIT_TRAIL).add((entry,))
            await uow.commit()
        return self._records(with_hashes=command.with_hashes)

    async def _records(self, *, with_hashes: bool) -> AsyncIterator[tuple[UserRecord, ...]]:
        line = 0
        pages = cast("AsyncGenerator[tuple[User, ...]]", self.account_stream.pages(PAGE))
        async with aclosing(pages):
            async for page in pages:
                yield tuple(
                    UserRecord.of(user, line + place, with_hash=with_hashes)
                    for place, user in enumerate(page, 1)
                )
                line += len(page)
