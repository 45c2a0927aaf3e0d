from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest
from argon2.exceptions import HashingError, VerificationError
from argon2.low_level import Type, verify_secret

from adapters.argon2 import hasher as module
from adapters.argon2.hasher import Argon2Hasher, create
from adapters.argon2.parameters import Parameters
from application.errors import DependencyUnavailable
from tests.unit.contracts.password_hasher import FOREIGN, OTHER, PASSWORD, PasswordHasherContract
from tests.unit.settings import some_settings

CHEAP = Parameters(memory=16, time=1)


@pytest.fixture
async def hasher() -> AsyncIterator[Argon2Hasher]:
    hasher = Argon2Hasher(CHEAP, threads=2, queue=64)
    await hasher.open()
    yield hasher
    await hasher.close()


class TestArgon2Hasher(PasswordHasherContract):
    @pytest.fixture
    async def stricter(self) -> AsyncIterator[Argon2Hasher]:
        stricter = Argon2Hasher(replace(CHEAP, memory=32), threads=2, queue=64)
        await stricter.open()
        yield stricter
        await stricter.close()


Work = list[tuple[Parameters | None, bytes]]


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    """The parameters and the password of every verification that argon2 was asked for."""
    done: Work = []

    def spy(encoded: bytes, secret: bytes, kind: Type) -> bool:
        done.append((Parameters.of_encoded(encoded.decode()), secret))
        return verify_secret(encoded, secret, kind)

    monkeypatch.setattr(module, "verify_secret", spy)
    return done


async def test_a_wrong_password_an_unknown_account_and_a_foreign_hash_cost_the_same(
    hasher: Argon2Hasher, work: Work
) -> None:
    stored = await hasher.hash(PASSWORD)

    for candidate in [stored, None, *FOREIGN]:
        work.clear()
        assert await hasher.verify(OTHER, candidate) is False
        assert work == [(CHEAP, OTHER.value.encode())]


async def test_no_password_matches_the_dummy(hasher: Argon2Hasher) -> None:
    assert await hasher.verify(PASSWORD, hasher._dummy) is False


async def test_the_dummy_is_made_once_and_never_for_a_request(
    monkeypatch: pytest.MonkeyPatch, hasher: Argon2Hasher
) -> None:
    def never(*_: object, **__: object) -> bytes:
        raise AssertionError

    monkeypatch.setattr(module, "hash_secret", never)

    assert await hasher.verify(PASSWORD, None) is False


BROKEN = [
    lambda h: h.replace("m=16", "m=017"),
    lambda h: h.replace("m=16", "m=7"),
    lambda h: h.replace("m=16", "m=9999999"),
    lambda h: h.replace("t=1", "t=4000000000"),
    lambda h: h.replace("p=1", "p=3"),
    lambda h: h.replace("v=19", "v=16"),
    lambda h: h.replace("argon2id", "argon2d"),
    lambda h: h[:-2],
    lambda h: h[:-1] + "/",
    lambda h: h + "=",
    lambda h: h + "\n",
    lambda h: h.rpartition("$")[0] + "$",
    lambda h: h.rpartition("$")[0] + "$" + "A" * 5000,
]


@pytest.mark.parametrize("change", BROKEN)
async def test_a_broken_hash_is_the_hash_of_nothing_after_the_usual_work(
    hasher: Argon2Hasher, work: Work, change: Callable[[str], str]
) -> None:
    broken = change(await hasher.hash(PASSWORD))

    assert await hasher.verify(PASSWORD, broken) is False
    assert work == [(CHEAP, PASSWORD.value.encode())]


async def test_a_password_is_hashed_with_the_parameters_that_were_asked_for() -> None:
    hasher = create("argon2id://?m=64&t=3&p=2", some_settings())
    await hasher.open()

    assert (await hasher.hash(PASSWORD)).startswith("$argon2id$v=19$m=64,t=3,p=2$")
    await hasher.close()


async def test_it_can_be_opened_again(hasher: Argon2Hasher) -> None:
    stored = await hasher.hash(PASSWORD)
    await hasher.close()
    await hasher.open()

    assert await hasher.verify(PASSWORD, stored) is True


async def test_before_it_is_open_it_is_unavailable() -> None:
    with pytest.raises(DependencyUnavailable):
        await Argon2Hasher(CHEAP, threads=1, queue=0).verify(PASSWORD, None)


async def test_want_of_memory_is_an_outage_and_not_a_wrong_password(
    hasher: Argon2Hasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = await hasher.hash(PASSWORD)

    def no_verify(*_: object) -> bool:
        raise VerificationError("Memory allocation error")

    def no_hash(*_: object, **__: object) -> bytes:
        raise HashingError("Memory allocation error")

    monkeypatch.setattr(module, "verify_secret", no_verify)
    monkeypatch.setattr(module, "hash_secret", no_hash)

    with pytest.raises(DependencyUnavailable):
        await hasher.verify(PASSWORD, stored)
    with pytest.raises(DependencyUnavailable):
        await hasher.hash(PASSWORD)
