from contextlib import suppress
from dataclasses import replace
from functools import partial

import pytest

from adapters.memory.hasher import PlainHasher
from application.ports.credential_reader import CREDENTIALS
from application.ports.load import Load
from application.ports.password_hasher import PasswordHasher
from application.ports.user_repository import USERS
from application.session.list_sessions import ListSessions
from application.session.log_in import LogIn, LogInHandler
from application.user.deactivate_user import DeactivateUser
from domain.errors import ValidationFailed
from domain.session.events import LogInFailed
from domain.user.errors import InvalidCredentials, UserInactive
from domain.user.password import Password
from tests.unit.application.meanwhile import Meanwhile
from tests.world import OPERATOR, PASSWORD, World, handler_of, world


class CountingHasher(PasswordHasher):
    """Counts the work that it hands on."""

    def __init__(self, inner: PasswordHasher) -> None:
        self.inner = inner
        self.verified = 0
        self.hashed = 0

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def hash(self, password: Password) -> str:
        self.hashed += 1
        return await self.inner.hash(password)

    async def verify(self, password: Password, stored: str | None) -> bool:
        self.verified += 1
        return await self.inner.verify(password, stored)

    def load(self) -> Load:
        return self.inner.load()

    def objection(self, stored: str) -> str | None:
        return self.inner.objection(stored)

    def needs_rehash(self, stored: str) -> bool:
        return self.inner.needs_rehash(stored)


def with_hasher(here: World, hasher: PasswordHasher) -> LogInHandler:
    return replace(handler_of(here.do.log_in, LogInHandler), hasher=hasher)


async def test_address_and_password_give_a_session(here: World) -> None:
    registered = await here.register()

    logged_in = await here.log_in("ANN@example.com")

    assert logged_in.user.id == registered.user.id
    assert registered.tokens is not None
    assert logged_in.tokens.session_id != registered.tokens.session_id


@pytest.mark.parametrize(
    ("email", "password"),
    [("ann@example.com", "Wrong-Horse-1"), ("nobody@example.com", PASSWORD)],
)
async def test_wrong_and_unknown_get_the_same_answer(
    here: World, email: str, password: str
) -> None:
    await here.register()

    with pytest.raises(InvalidCredentials) as caught:
        await here.log_in(email, password)

    assert caught.value.message == InvalidCredentials.summary


async def test_inactive_is_told_only_after_the_right_password(here: World) -> None:
    registered = await here.register()
    await here.do.deactivate_user(DeactivateUser(actor=OPERATOR, user_id=registered.user.id))

    with pytest.raises(InvalidCredentials):
        await here.log_in(password="Wrong-Horse-1")
    with pytest.raises(UserInactive):
        await here.log_in()


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("known@example.com", PASSWORD),
        ("known@example.com", "Wrong-Horse-1"),
        ("unknown@example.com", PASSWORD),
        ("inactive@example.com", PASSWORD),
        ("inactive@example.com", "Wrong-Horse-1"),
    ],
)
async def test_every_log_in_costs_one_verification(email: str, password: str) -> None:
    async with world() as here:
        await here.register("known@example.com")
        inactive = (await here.register("inactive@example.com")).user
        await here.do.deactivate_user(DeactivateUser(actor=OPERATOR, user_id=inactive.id))
        hasher = CountingHasher(here.container.hasher())

        with suppress(InvalidCredentials, UserInactive):
            await with_hasher(here, hasher)(LogIn(email=email, password=password))

        assert (hasher.verified, hasher.hashed) == (1, 0)


async def test_a_failure_is_an_event_with_its_reason(here: World) -> None:
    registered = await here.register()
    here.events.clear()

    with pytest.raises(InvalidCredentials):
        await here.log_in(password="Wrong-Horse-1")
    with pytest.raises(InvalidCredentials):
        await here.log_in("nobody@example.com")

    reason = "AUTH_INVALID_CREDENTIALS"
    now = here.clock.now()
    assert here.events == [
        LogInFailed(user_id=registered.user.id, occurred_at=now, reason=reason),
        LogInFailed(user_id=None, occurred_at=now, reason=reason),
    ]


async def test_the_hash_is_renewed_when_the_parameters_changed(here: World) -> None:
    registered = await here.register()
    newer = PlainHasher("2")
    await newer.open()
    handler = with_hasher(here, newer)

    await handler(LogIn(email="ann@example.com", password=PASSWORD))

    stored = await here.container.database().reader(CREDENTIALS).by_id(registered.user.id)
    assert stored is not None
    assert not newer.needs_rehash(stored.password_hash)
    await handler(LogIn(email="ann@example.com", password=PASSWORD))


async def test_a_password_that_changed_meanwhile_is_refused(here: World) -> None:
    class Slow(CountingHasher):
        async def verify(self, password: Password, stored: str | None) -> bool:
            matches = await super().verify(password, stored)
            async with here.container.unit_of_work()() as uow:
                user = await uow.repository(USERS).get(registered.user.id)
                assert user is not None
                user.change_password("another hash", here.clock.now())
                await uow.repository(USERS).save(user)
                await uow.commit()
            return matches

    registered = await here.register()
    handler = with_hasher(here, Slow(here.container.hasher()))

    with pytest.raises(InvalidCredentials):
        await handler(LogIn(email="ann@example.com", password=PASSWORD))


async def test_an_account_that_was_deactivated_meanwhile_is_refused() -> None:
    hasher = Meanwhile()
    async with world(hasher=hasher) as here:
        ann = (await here.register()).user.id
        hasher.next = partial(here.do.deactivate_user, DeactivateUser(actor=OPERATOR, user_id=ann))

        with pytest.raises(UserInactive):
            await here.log_in()

        listed = await here.do.list_sessions(ListSessions(actor=OPERATOR, user_id=ann))
        assert listed.items == ()


@pytest.mark.parametrize(
    "password", ["", "x" * 129, "\N{GRINNING FACE}" * 128 + "x", "a\0b", "\ud800"]
)
async def test_what_can_be_no_password_is_refused_before_any_work(
    here: World, password: str
) -> None:
    with pytest.raises(ValidationFailed):
        await here.log_in(password=password)
