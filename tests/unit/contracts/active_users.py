"""What every `ActiveUsers` does."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

from application.ports.active_users import LATELY, ActiveUsers

Elapse = Callable[[timedelta], None]


class ActiveUsersContract:
    """Give it an open, empty `users`, and `elapse`, by fixtures."""

    async def test_nobody_was_here_at_first(self, users: ActiveUsers) -> None:
        assert await users.count() == 0

    async def test_each_user_counts_once(self, users: ActiveUsers) -> None:
        ann, ben = uuid4(), uuid4()

        for user in (ann, ben, ann, ann):
            users.record(user)

        assert await users.count() == 2
        users.record(ann)
        assert await users.count() == 2

    async def test_whoever_was_here_long_ago_does_not_count(
        self, users: ActiveUsers, elapse: Elapse
    ) -> None:
        ann, ben = uuid4(), uuid4()
        for user in (ann, ben):
            users.record(user)
        assert await users.count() == 2

        elapse(LATELY - timedelta(minutes=1))
        users.record(ben)
        assert await users.count() == 2
        elapse(timedelta(minutes=2))

        assert await users.count() == 1

    async def test_counting_at_once_loses_nobody(self, users: ActiveUsers) -> None:
        async def note(_: int) -> None:
            users.record(uuid4())
            await users.count()

        await asyncio.gather(*map(note, range(50)))

        assert await users.count() == 50
