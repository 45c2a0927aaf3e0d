import pytest

from adapters.memory.fakes import KnownBreaches
from application.ports.breached_passwords import BreachedPasswords
from domain.user.password import Password
from tests.unit.contracts.breached_passwords import LEAKED, BreachedPasswordsContract


class TestKnownBreaches(BreachedPasswordsContract):
    @pytest.fixture
    def breaches(self) -> BreachedPasswords:
        return KnownBreaches([LEAKED])


async def test_nothing_is_known_unless_told() -> None:
    assert await KnownBreaches().contains(Password.presented(LEAKED)) is False
