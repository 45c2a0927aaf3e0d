from application.ports.breached_passwords import BreachedPasswords
from domain.user.password import Password

LEAKED = "Password1"
STRONG = Password.presented("no list has ever seen this one, 7")


class BreachedPasswordsContract:
    """Every breach check passes this; a subclass gives `breaches`, open, which knows LEAKED."""

    async def test_a_leaked_password_is_known(self, breaches: BreachedPasswords) -> None:
        assert await breaches.contains(Password.presented(LEAKED)) is True

    async def test_another_one_is_not(self, breaches: BreachedPasswords) -> None:
        assert await breaches.contains(STRONG) is False

    async def test_case_and_space_make_another_password(self, breaches: BreachedPasswords) -> None:
        assert await breaches.contains(Password.presented(LEAKED.lower())) is False
        assert await breaches.contains(Password.presented(f"{LEAKED} ")) is False
