"""What every `CredentialReader` does."""

from datetime import timedelta

import pytest

from application.ports.credential_reader import CREDENTIALS, Credentials
from application.ports.database import Database
from application.ports.session_repository import SESSIONS
from domain.session.events import EndReason
from tests.builders import NOW, a_session, a_user, an_id, closed
from tests.storage import a_unit
from tests.unit.contracts.database import store, store_session

HOME = "192.0.2.0/24"
"""Where `a_session` is used from."""


class CredentialReaderContract:
    """Give it an open, empty `database` by a fixture."""

    @pytest.mark.parametrize("is_active", [True, False])
    async def test_gives_what_a_log_in_is_checked_against(
        self, database: Database, *, is_active: bool
    ) -> None:
        user = a_user(email="Ada@example.com", is_active=is_active)
        await store(database, a_user(), user)
        expected = Credentials(
            user_id=user.id, password_hash=user.password_hash, is_active=is_active
        )

        assert await database.reader(CREDENTIALS).by_email("ada@example.com", None, NOW) == expected
        assert await database.reader(CREDENTIALS).by_id(user.id) == expected

    async def test_gives_none_for_nobody(self, database: Database) -> None:
        assert await database.reader(CREDENTIALS).by_email("nobody@example.com", HOME, NOW) is None
        assert await database.reader(CREDENTIALS).by_id(an_id()) is None

    @pytest.mark.parametrize("key", ["", "a\0b@example.com", "\ud800@example.com"])
    async def test_what_no_address_can_be_is_nobody(self, database: Database, key: str) -> None:
        assert await database.reader(CREDENTIALS).by_email(key, HOME, NOW) is None

    async def test_never_gives_those_of_a_closed_account(self, database: Database) -> None:
        tombstone = closed(a_user())
        await store(database, tombstone)

        assert await database.reader(CREDENTIALS).by_email(tombstone.email.key, None, NOW) is None
        assert await database.reader(CREDENTIALS).by_id(tombstone.id) is None

    async def test_says_whether_the_account_was_used_from_the_callers_network(
        self, database: Database
    ) -> None:
        ann, bob = a_user(email="ann@example.com"), a_user(email="bob@example.com")
        await store(database, ann, bob)
        await store_session(database, *a_session(ann))

        async def knows(key: str, network: str | None, *, days: int = 30) -> bool:
            now = NOW + timedelta(days=days, microseconds=-1)
            found = await database.reader(CREDENTIALS).by_email(
                key, network, now - timedelta(days=30)
            )
            assert found is not None
            return found.knows_network

        assert await knows("ann@example.com", HOME)
        assert not await knows("ann@example.com", HOME, days=31)
        assert not await knows("ann@example.com", "198.51.100.0/24")
        assert not await knows("ann@example.com", None)
        assert not await knows("bob@example.com", HOME)
        async with a_unit(database) as unit:
            await unit.repository(SESSIONS).end_all(ann.id, EndReason.LOGGED_OUT, NOW)
            await unit.commit()
        assert await knows("ann@example.com", HOME)
