"""What every `CredentialReader` does."""

import pytest

from application.ports.credential_reader import Credentials
from application.ports.database import Database
from tests.builders import a_user, an_id, closed
from tests.unit.contracts.database import store


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

        assert await database.credentials.by_email("ada@example.com") == expected
        assert await database.credentials.by_id(user.id) == expected

    async def test_gives_none_for_nobody(self, database: Database) -> None:
        assert await database.credentials.by_email("nobody@example.com") is None
        assert await database.credentials.by_id(an_id()) is None

    @pytest.mark.parametrize("key", ["", "a\0b@example.com", "\ud800@example.com"])
    async def test_what_no_address_can_be_is_nobody(self, database: Database, key: str) -> None:
        assert await database.credentials.by_email(key) is None

    async def test_never_gives_those_of_a_closed_account(self, database: Database) -> None:
        tombstone = closed(a_user())
        await store(database, tombstone)

        assert await database.credentials.by_email(tombstone.email.key) is None
        assert await database.credentials.by_id(tombstone.id) is None
