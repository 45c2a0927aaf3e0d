"""Nobody learns from an answer, or from how long it takes, which addresses have accounts."""

from collections.abc import AsyncIterator
from dataclasses import replace

import bcrypt
import pytest

from adapters.argon2 import hasher as argon2
from adapters.argon2.parameters import Parameters
from application.user.deactivate_user import DeactivateUser
from application.user.import_users import ImportUsers
from application.user.user_record import UserRecord
from entrypoints.http.app import create_app
from tests.unit.entrypoints.http.conftest import call
from tests.world import OPERATOR, PASSWORD, SETTINGS, World, world

URL = "argon2id://?m=16&t=2&p=1"
WRONG = "Wrong-Horse-2"
API = "/api/v1/auth"


class Work:
    """The hashings of Argon2 itself, each with what it cost."""

    def __init__(self) -> None:
        self.verified: list[Parameters | None] = []
        self.hashed: list[Parameters] = []

    def watch(self, patch: pytest.MonkeyPatch) -> None:
        verify, hash_ = argon2._verify, argon2._hash

        def verifying(encoded: str, secret: bytes) -> bool:
            self.verified.append(Parameters.of_encoded(encoded))
            return verify(encoded, secret)

        def hashing(secret: bytes, parameters: Parameters) -> str:
            self.hashed.append(parameters)
            return hash_(secret, parameters)

        patch.setattr(argon2, "_verify", verifying)
        patch.setattr(argon2, "_hash", hashing)


@pytest.fixture
async def here() -> AsyncIterator[World]:
    """A world with real hashes, of Ann who is active and of Bob who is not."""
    settings = replace(SETTINGS, passwords=replace(SETTINGS.passwords, hasher=URL))
    async with world(settings) as opened:
        await opened.register("ann@example.com")
        bob = (await opened.register("bob@example.com")).user
        await opened.do.deactivate_user(DeactivateUser(actor=OPERATOR, user_id=bob.id))
        yield opened


@pytest.fixture
def work(here: World, monkeypatch: pytest.MonkeyPatch) -> Work:
    work = Work()
    work.watch(monkeypatch)
    return work


@pytest.mark.parametrize("mode", ["token", "cookie"])
@pytest.mark.parametrize(
    ("email", "password", "status"),
    [
        ("ann@example.com", PASSWORD, 200),
        ("ann@example.com", WRONG, 401),
        ("nobody@example.com", PASSWORD, 401),
        ("bob@example.com", PASSWORD, 403),
        ("bob@example.com", WRONG, 401),
    ],
)
async def test_every_log_in_runs_one_verification_with_equal_parameters(
    here: World, work: Work, email: str, password: str, status: int, mode: str
) -> None:
    async with call(create_app(here.do)) as client:
        body = {"email": email, "password": password, "mode": mode}
        answer = await client.post(f"{API}/login", json=body)

    assert answer.status_code == status
    (cost,) = work.verified
    assert cost is not None
    assert (cost.memory, cost.time, cost.parallelism) == (16, 2, 1)
    assert not work.hashed


@pytest.mark.parametrize(("password", "renewed"), [(PASSWORD, 1), (WRONG, 0)])
async def test_a_hash_of_another_system_is_verified_once_and_renewed_by_the_right_password(
    here: World, work: Work, password: str, renewed: int
) -> None:
    stored = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    record = UserRecord(line=1, email="old@example.com", password_hash=stored)
    await here.do.import_users(ImportUsers(actor=OPERATOR, records=(record,)))

    async with call(create_app(here.do)) as client:
        for _ in range(2):
            await client.post(
                f"{API}/login", json={"email": "old@example.com", "password": password}
            )

    # None: that was bcrypt. The second time it costs what every log-in does.
    assert work.verified[0] is None
    assert len(work.verified) == 2
    assert len(work.hashed) == renewed
    assert (work.verified[1] == (work.hashed[0] if renewed else None)) is True


async def test_nobody_logs_in_to_an_account_without_a_password_and_it_costs_the_same(
    here: World, work: Work
) -> None:
    record = UserRecord(line=1, email="none@example.com")
    command = ImportUsers(actor=OPERATOR, records=(record,), without_password=True)
    assert (await here.do.import_users(command)).added == 1

    async with call(create_app(here.do)) as client:
        body = {"email": "none@example.com", "password": "!" * 8}
        answer = await client.post(f"{API}/login", json=body)

    assert answer.status_code == 401
    (cost,) = work.verified
    assert cost is not None
    assert (cost.memory, cost.time, cost.parallelism) == (16, 2, 1)


async def test_unknown_and_wrong_get_one_answer_to_the_letter(here: World) -> None:
    async with call(create_app(here.do)) as client:
        client.headers["X-Request-ID"] = "one"
        answers = [
            await client.post(f"{API}/login", json={"email": email, "password": WRONG})
            for email in ("ann@example.com", "bob@example.com", "nobody@example.com")
        ]

    assert answers[0].status_code == 401
    assert len({(each.content, str(sorted(each.headers.items()))) for each in answers}) == 1


async def test_a_taken_address_costs_what_a_free_one_does(here: World, work: Work) -> None:
    async with call(create_app(here.do)) as client:
        for email, status in (("ann@example.com", 409), ("new@example.com", 201)):
            body = {"email": email, "password": PASSWORD}
            assert (await client.post(f"{API}/register", json=body)).status_code == status

    taken, free = work.hashed
    assert taken == free
    assert not work.verified


async def test_a_refresh_token_that_nobody_has_is_like_one_that_can_be_nobodys(
    here: World,
) -> None:
    async with call(create_app(here.do)) as client:
        client.headers["X-Request-ID"] = "one"
        answers = [
            await client.post(f"{API}/refresh", json={"refresh_token": token})
            for token in ("a" * 43, "made up")
        ]

    assert answers[0].status_code == 401
    assert answers[0].content == answers[1].content
