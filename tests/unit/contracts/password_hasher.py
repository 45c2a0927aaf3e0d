import asyncio

import pytest

from application.ports.password_hasher import PasswordHasher
from domain.user.password import Password

PASSWORD = Password.presented("Correct horse 1")
OTHER = Password.presented("Correct horse 2")

FOREIGN = [
    "",
    "x",
    "$",
    "Correct horse 1",
    "!",
    "$2x$04$......................LAtw7/ohmmBAhnXqmkuIz83Rl5Qdjhm",
    "$2b$04$short",
    "$2b$15$......................LAtw7/ohmmBAhnXqmkuIz83Rl5Qdjhm",
    "$argon2d$v=19$m=16,t=2,p=1$c29tZXNhbHQ$IEYe9qXuAiUHq8CK0g8dgw",
    "$argon2i$m=16,t=2,p=1$c29tZXNhbHQ$IEYe9qXuAiUHq8CK0g8dgw",
    "$argon2id$",
    "\0\ud800",
    "$plain$",
]


class PasswordHasherContract:
    """Every hasher passes this; a subclass gives `hasher` and `stricter`, both open.

    `stricter` is one of the same kind with other parameters.
    """

    async def test_a_password_matches_its_own_hash_only(self, hasher: PasswordHasher) -> None:
        stored = await hasher.hash(PASSWORD)

        assert await hasher.verify(PASSWORD, stored) is True
        assert await hasher.verify(OTHER, stored) is False

    async def test_two_hashes_of_one_password_differ(self, hasher: PasswordHasher) -> None:
        assert await hasher.hash(PASSWORD) != await hasher.hash(PASSWORD)

    async def test_nothing_stored_matches_no_password(self, hasher: PasswordHasher) -> None:
        assert await hasher.verify(PASSWORD, None) is False

    @pytest.mark.parametrize("stored", FOREIGN)
    async def test_a_foreign_string_is_the_hash_of_nothing(
        self, hasher: PasswordHasher, stored: str
    ) -> None:
        assert await hasher.verify(PASSWORD, stored) is False
        assert hasher.needs_rehash(stored) is True

    async def test_its_own_hash_can_be_taken_over_and_a_foreign_string_cannot(
        self, hasher: PasswordHasher
    ) -> None:
        assert hasher.objection(await hasher.hash(PASSWORD)) is None
        for stored in FOREIGN:
            assert hasher.objection(stored)

    async def test_a_changed_hash_matches_nothing_and_raises_nothing(
        self, hasher: PasswordHasher
    ) -> None:
        stored = await hasher.hash(PASSWORD)

        for place in range(len(stored)):
            changed = stored[:place] + ("A" if stored[place] != "A" else "B") + stored[place + 1 :]
            shortened = stored[:place] + stored[place + 1 :]
            await hasher.verify(OTHER, changed)
            await hasher.verify(OTHER, shortened)
            assert await hasher.verify(OTHER, stored[:place]) is False

    async def test_a_hash_is_remade_when_parameters_changed(
        self, hasher: PasswordHasher, stricter: PasswordHasher
    ) -> None:
        stored = await hasher.hash(PASSWORD)

        assert hasher.needs_rehash(stored) is False
        assert stricter.needs_rehash(stored) is True
        assert await stricter.verify(PASSWORD, stored) is True

    @pytest.mark.parametrize("text", ["a", "ß" * 128, "pass word\n$,=", "\u1f600" * 64])
    async def test_any_text_can_be_a_password(self, hasher: PasswordHasher, text: str) -> None:
        password = Password.presented(text)

        assert await hasher.verify(password, await hasher.hash(password)) is True

    async def test_many_at_once_are_told_apart(self, hasher: PasswordHasher) -> None:
        passwords = [Password.presented(f"password {number}") for number in range(20)]

        stored = await asyncio.gather(*map(hasher.hash, passwords))
        matches = await asyncio.gather(*map(hasher.verify, passwords, stored))
        mismatches = await asyncio.gather(*map(hasher.verify, passwords, reversed(stored)))

        assert len(set(stored)) == 20
        assert matches == [True] * 20
        assert mismatches == [False] * 20
