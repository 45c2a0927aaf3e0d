"""Hashes that other systems made."""

import asyncio
import threading
from collections.abc import AsyncIterator

import bcrypt
import pytest
from argon2.low_level import Type, hash_secret
from hypothesis import given
from hypothesis import strategies as st

from adapters.argon2 import imported
from adapters.argon2.hasher import Argon2Hasher
from adapters.argon2.parameters import Parameters
from application.errors import DependencyUnavailable
from application.ports.password_hasher import IMPORT_FACTOR
from domain.user.password import Password

PASSWORD = Password.presented("Correct horse 1")
OTHER = Password.presented("Correct horse 2")
# crypt_blowfish, wrapper.c.
VECTORS = {
    "U*U": "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
    "U*U*": "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK",
}
SALT, DIGEST = "c29tZXNhbHRzb21lc2FsdA", "A" * 43


@pytest.fixture
async def hasher() -> AsyncIterator[Argon2Hasher]:
    hasher = Argon2Hasher(Parameters(memory=16, time=1), threads=1, queue=0)
    await hasher.open()
    yield hasher
    await hasher.close()


def a_bcrypt(password: bytes, cost: int = 4, prefix: str = "2b") -> str:
    return bcrypt.hashpw(password, bcrypt.gensalt(cost)).decode().replace("2b", prefix, 1)


@pytest.mark.parametrize("prefix", ["2a", "2b", "2y"])
async def test_bcrypt_is_verified_and_is_to_be_renewed(hasher: Argon2Hasher, prefix: str) -> None:
    stored = a_bcrypt(PASSWORD.value.encode(), prefix=prefix)

    assert hasher.objection(stored) is None
    assert await hasher.verify(PASSWORD, stored) is True
    assert await hasher.verify(OTHER, stored) is False
    assert hasher.needs_rehash(stored) is True


async def test_published_vectors_are_verified(hasher: Argon2Hasher) -> None:
    for text in VECTORS:
        for made_of, stored in VECTORS.items():
            assert await hasher.verify(Password.presented(text), stored) is (text == made_of)


@pytest.mark.parametrize("kind", [Type.I, Type.ID])
async def test_other_argon2_is_verified_and_is_to_be_renewed(
    hasher: Argon2Hasher, kind: Type
) -> None:
    stored = hash_secret(PASSWORD.value.encode(), b"some salt", 3, 64, 2, 24, kind).decode()

    assert hasher.objection(stored) is None
    assert await hasher.verify(PASSWORD, stored) is True
    assert await hasher.verify(OTHER, stored) is False
    assert hasher.needs_rehash(stored) is True


@pytest.mark.parametrize("text", ["x" * 128, "é" * 100, "\U0001f600" * 64])
async def test_a_long_password_matches_by_its_first_72_bytes(
    hasher: Argon2Hasher, text: str
) -> None:
    stored = a_bcrypt(text.encode()[:72])

    assert await hasher.verify(Password.presented(text), stored) is True
    assert await hasher.verify(Password.presented("y" + text[1:]), stored) is False


@pytest.mark.parametrize(
    "stored",
    [
        f"$argon2id$v=19$m=4194304,t=1,p=1${SALT}${DIGEST}",
        f"$argon2id$v=19$m=524288,t=1,p=1${SALT}${DIGEST}",
        f"$argon2id$v=19$m=262144,t=4,p=1${SALT}${DIGEST}",
        f"$argon2id$v=19$m=77825,t=2,p=1${SALT}${DIGEST}",
        f"$argon2id$v=19$m=19456,t=9,p=1${SALT}${DIGEST}",
        f"$argon2i$v=19$m=64,t=17,p=1${SALT}${DIGEST}",
        f"$argon2id$v=19$m=1024,t=1,p=17${SALT}${DIGEST}",
        VECTORS["U*U"].replace("$05$", "$13$"),
        VECTORS["U*U"].replace("$05$", "$15$"),
        VECTORS["U*U"].replace("$05$", "$31$"),
        VECTORS["U*U"].replace("$05$", "$03$"),
    ],
)
def test_what_would_keep_everybody_else_waiting_cannot_be_taken_over(stored: str) -> None:
    said = Argon2Hasher(Parameters(), threads=1, queue=0).objection(stored)

    assert said is not None
    assert "at most" in said or "is 4 to 12" in said or "Give a hash" in said


@pytest.mark.parametrize(
    ("stored", "is_form", "is_cost"),
    [
        (f"$argon2id$v=19$m=4194304,t=1,p=1${SALT}${DIGEST}", False, True),
        (f"$argon2d$v=19$m=4194304,t=1,p=1${SALT}${DIGEST}", True, True),
        (f"$argon2id$v=16$m=64,t=99999,p=1${SALT}${DIGEST}", True, True),
        ("$argon2id$v=19$m=64,t=1,p=99", True, True),
        (f"$argon2d$v=19$m=1024,t=1,p=1${SALT}${DIGEST}", True, False),
        (f"$argon2id$v=19$m=0,t=1,p=1${SALT}${DIGEST}", True, False),
    ],
)
def test_form_and_cost_are_told_each_where_it_is_wrong(
    stored: str, *, is_form: bool, is_cost: bool
) -> None:
    said = Argon2Hasher(Parameters(), threads=1, queue=0).objection(stored) or ""

    assert ("Give a hash" in said, "at most" in said) == (is_form, is_cost)


def test_what_this_service_makes_can_always_be_taken_over() -> None:
    live = Parameters(memory=524_288)
    stored = f"$argon2id$v=19$m=524288,t=2,p=1$c29tZXNhbHRzb21lc2FsdA${'A' * 43}"

    assert Argon2Hasher(live, threads=1, queue=0).objection(stored) is None
    assert Argon2Hasher(Parameters(), threads=1, queue=0).objection(stored) is not None


@pytest.mark.parametrize("place", [7, 28, 59])
def test_a_salt_or_digest_with_other_than_its_own_bits_cannot_be_taken_over(
    hasher: Argon2Hasher, place: int
) -> None:
    good = a_bcrypt(b"x")
    broken = good[:place] + "!" + good[place + 1 :]

    assert hasher.objection(broken) is not None
    assert hasher.objection(good[:28] + "A" + good[29:]) is not None


@pytest.mark.parametrize(
    "stored",
    [
        # The most that is taken, the defaults of argon2-cffi, and those of Devise and Laravel.
        f"$argon2id$v=19$m=77824,t=8,p=16${SALT}${DIGEST}",
        f"$argon2id$v=19$m=65536,t=3,p=4${SALT}${DIGEST}",
        VECTORS["U*U"].replace("$05$", "$12$"),
    ],
)
def test_four_times_the_live_memory_and_passes_can_be_taken_over(stored: str) -> None:
    assert Argon2Hasher(Parameters(), threads=1, queue=0).objection(stored) is None


def test_what_may_be_imported_goes_by_what_is_live() -> None:
    dearer = Argon2Hasher(Parameters(memory=65_536, time=4), threads=1, queue=0)

    assert dearer.objection(f"$argon2id$v=19$m=262144,t=16,p=1${SALT}${DIGEST}") is None
    assert dearer.objection(f"$argon2id$v=19$m=262145,t=16,p=1${SALT}${DIGEST}") is not None
    assert dearer.objection(VECTORS["U*U"].replace("$05$", "$14$")) is None


async def test_a_hash_from_before_that_costs_more_still_logs_in(hasher: Argon2Hasher) -> None:
    stored = hash_secret(PASSWORD.value.encode(), b"some salt", 9, 512, 1, 24, Type.ID).decode()

    assert hasher.objection(stored) is not None
    assert await hasher.verify(PASSWORD, stored) is True
    assert await hasher.verify(OTHER, stored) is False


LIVE = Parameters()


@given(
    memory=st.integers(8, LIVE.memory * IMPORT_FACTOR),
    passes=st.integers(1, LIVE.time * IMPORT_FACTOR),
    kind=st.sampled_from(["argon2id", "argon2i"]),
)
def test_an_imported_hash_weighs_its_memory_and_its_time(
    memory: int, passes: int, kind: str
) -> None:
    stored = f"${kind}$v=19$m={memory},t={passes},p=1${SALT}${DIGEST}"

    weight = imported.weight(stored, LIVE)

    assert weight is not None
    assert weight >= memory / LIVE.memory
    assert weight >= memory * passes / LIVE.work
    # So what runs in the lane, of which none was imported before, takes no more memory than this.
    assert memory <= min(weight, IMPORT_FACTOR) * LIVE.memory


@pytest.mark.parametrize(
    ("stored", "weight"),
    [
        (f"$argon2id$v=19$m=19456,t=2,p=1${SALT}${DIGEST}", 0),
        (f"$argon2i$v=19$m=19456,t=2,p=1${SALT}${DIGEST}", 1),
        (f"$argon2id$v=19$m=19456,t=2,p=4${SALT}${DIGEST}", 1),
        (f"$argon2id$v=19$m=64,t=1,p=1${SALT}${DIGEST}", 1),
        (f"$argon2id$v=19$m=19457,t=2,p=1${SALT}${DIGEST}", 2),
        (f"$argon2id$v=19$m=262144,t=4,p=1${SALT}${DIGEST}", 27),
        (VECTORS["U*U"], 1),
        (VECTORS["U*U"].replace("$05$", "$10$"), 3),
        (VECTORS["U*U"].replace("$05$", "$12$"), 11),
        ("nothing", None),
    ],
)
def test_weights(stored: str, weight: int | None) -> None:
    assert imported.weight(stored, LIVE) == weight


async def test_bcrypt_takes_a_place_among_foreign_hashes(
    hasher: Argon2Hasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = a_bcrypt(PASSWORD.value.encode())
    began, opened = threading.Event(), threading.Event()

    def watched(encoded: str, secret: bytes) -> bool:
        began.set()
        assert opened.wait(10)
        return bool(encoded and secret)

    monkeypatch.setattr(imported, "matches_bcrypt", watched)
    running = asyncio.create_task(hasher.verify(PASSWORD, stored))
    await asyncio.to_thread(began.wait)

    assert hasher.load().active == 1
    with pytest.raises(DependencyUnavailable):
        await hasher.verify(PASSWORD, stored)
    opened.set()
    assert await running is True
