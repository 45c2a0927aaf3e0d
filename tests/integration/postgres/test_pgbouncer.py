"""The same contracts behind PgBouncer, which gives each transaction any server connection."""

from collections.abc import AsyncIterator

import pytest

from application.ports.database import Database
from tests.integration.postgres.opened import opened
from tests.unit.contracts.account_stream import AccountStreamContract
from tests.unit.contracts.new_users import NewUsersContract
from tests.unit.contracts.session_repository import SessionRepositoryContract
from tests.unit.contracts.unit_of_work import UnitOfWorkContract
from tests.unit.contracts.user_repository import UserRepositoryContract


@pytest.fixture
async def database(pgbouncer_url: str) -> AsyncIterator[Database]:
    async with opened(pgbouncer_url, prepare_threshold=0) as database:
        yield database


class TestUnitOfWorkBehindPgBouncer(UnitOfWorkContract):
    pass


class TestUserRepositoryBehindPgBouncer(UserRepositoryContract):
    pass


class TestSessionRepositoryBehindPgBouncer(SessionRepositoryContract):
    pass


class TestNewUsersBehindPgBouncer(NewUsersContract):
    pass


class TestAccountStreamBehindPgBouncer(AccountStreamContract):
    pass
