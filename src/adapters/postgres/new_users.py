"""Bulk insert of accounts by COPY."""

from collections.abc import Sequence
from uuid import UUID

from adapters.postgres import import_sql as sql
from adapters.postgres.connection import Connection
from adapters.postgres.rows import UserRow
from domain.user.user import User


async def copy_new(connection: Connection, users: Sequence[User]) -> set[UUID]:
    """Send them all by COPY, and add those that are new; give their ids."""
    async with connection.cursor() as cursor:
        await cursor.execute(sql.MAKE_INCOMING)
        async with cursor.copy(sql.COPY_INCOMING) as copy:
            for user in users:
                await copy.write_row(UserRow.of(user))
        # Planned for the table of this moment, which the next batch has not.
        await cursor.execute(sql.ADD_INCOMING, prepare=False)
        added = {row[0] for row in await cursor.fetchall()}
        await cursor.execute(sql.DROP_INCOMING)
    return added
