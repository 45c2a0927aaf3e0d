"""Registrations that are sent again with their key."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from dependency_injector import providers

import containers
from adapters.memory.hasher import PlainHasher
from application.errors import InvalidInput
from application.idempotency import KEPT, IdempotencyKeyReused
from application.session.authenticate import Authenticate
from application.user.change_password import ChangePassword
from application.user.close_account import CloseAccount
from application.user.deactivate_user import DeactivateUser
from application.user.register_user import RegisterUser
from application.user.replay_registration import Registered
from application.user.update_profile import UpdateProfile
from domain.errors import ValidationFailed
from domain.session.events import LogInFailed, SessionOpened
from domain.user.errors import (
    InvalidCredentials,
    PasswordTooWeak,
    UserAlreadyExists,
    UserInactive,
    UserNotFound,
)
from domain.user.events import UserRegistered
from domain.user.password import Password
from tests.storage import Shared
from tests.world import OPERATOR, PASSWORD, SETTINGS, World, settings_with

KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"


ASKED = RegisterUser(email="ann@example.com", password=PASSWORD, name="Ann", idempotency_key=KEY)


UNHEARD = replace(ASKED, log_in=False)


async def test_the_same_again_gives_the_same_user_and_new_tokens(here: World) -> None:
    first = await here.do.register_user(ASKED)
    again = await here.do.register_user(ASKED)

    assert (first.is_replay, again.is_replay) == (False, True)
    assert again.user == first.user
    assert first.tokens is not None
    assert again.tokens is not None
    assert again.tokens.access_token != first.tokens.access_token
    assert again.tokens.refresh_token != first.tokens.refresh_token
    for pair in (first.tokens, again.tokens):
        account = await here.do.authenticate(Authenticate(access_token=pair.access_token))
        assert (account.user_id, account.session_id) == (first.user.id, pair.session_id)


async def test_it_registers_once_and_logs_in_twice(here: World) -> None:
    await here.do.register_user(ASKED)
    await here.do.register_user(ASKED)

    assert [type(event) for event in here.events] == [UserRegistered, SessionOpened, SessionOpened]


@pytest.mark.parametrize(
    "other",
    [
        replace(ASKED, email="bob@example.com"),
        replace(ASKED, email="Ann@example.com"),
        replace(ASKED, password="Another-Horse-2"),
        replace(ASKED, name=None),
        replace(ASKED, name="Anne"),
        UNHEARD,
    ],
)
async def test_another_request_with_the_key_is_refused(here: World, other: RegisterUser) -> None:
    await here.do.register_user(ASKED)
    happened = len(here.events)

    with pytest.raises(IdempotencyKeyReused):
        await here.do.register_user(other)

    assert len(here.events) == happened


async def test_another_key_or_none_is_another_registration(here: World) -> None:
    await here.do.register_user(ASKED)

    for key in (None, "another"):
        with pytest.raises(UserAlreadyExists):
            await here.do.register_user(replace(ASKED, idempotency_key=key))


async def test_a_refused_registration_leaves_its_key_free(here: World) -> None:
    await here.register("ann@example.com")
    with pytest.raises(UserAlreadyExists):
        await here.do.register_user(ASKED)

    done = await here.do.register_user(replace(ASKED, email="bob@example.com"))

    assert (done.user.email, done.is_replay) == ("bob@example.com", False)


async def test_a_key_is_forgotten_after_a_day(here: World) -> None:
    assert timedelta(hours=24) == KEPT
    await here.do.register_user(ASKED)
    other = replace(ASKED, email="bob@example.com")

    here.clock.advance(KEPT - timedelta(microseconds=1))
    assert (await here.do.register_user(ASKED)).is_replay
    here.clock.advance(timedelta(microseconds=1))
    with pytest.raises(UserAlreadyExists):
        await here.do.register_user(ASKED)
    assert not (await here.do.register_user(other)).is_replay
    assert (await here.do.register_user(other)).is_replay


async def test_of_twenty_at_once_one_makes_the_account_and_all_are_given_it(here: World) -> None:
    results = await asyncio.gather(*(here.do.register_user(ASKED) for _ in range(20)))

    assert len({result.user.id for result in results}) == 1
    assert [result.is_replay for result in results].count(False) == 1
    assert len({result.tokens.refresh_token for result in results if result.tokens}) == 20
    assert [type(event) for event in here.events].count(UserRegistered) == 1


async def test_of_twenty_different_at_once_one_gets_the_key(here: World) -> None:
    asked = [replace(ASKED, email=f"{number}@example.com") for number in range(20)]

    results = await asyncio.gather(*map(here.do.register_user, asked), return_exceptions=True)

    assert sum(isinstance(result, Registered) for result in results) == 1
    assert sum(isinstance(result, IdempotencyKeyReused) for result in results) == 19


async def test_the_user_is_shown_as_they_are_now(here: World) -> None:
    done = await here.do.register_user(ASKED)
    await here.do.update_profile(
        UpdateProfile(actor=OPERATOR, user_id=done.user.id, name="Bea", email="bea@example.com")
    )

    again = await here.do.register_user(ASKED)

    assert (again.user.id, again.user.name) == (done.user.id, "Bea")
    assert again.user.email == "bea@example.com"


async def test_who_knows_the_old_password_only_is_not_logged_in(here: World) -> None:
    done = await here.do.register_user(ASKED)
    change = ChangePassword(actor=OPERATOR, user_id=done.user.id, new_password="Another-Horse-2")
    await here.do.change_password(change)
    happened = len(here.events)

    with pytest.raises(InvalidCredentials):
        await here.do.register_user(ASKED)

    assert [type(event) for event in here.events[happened:]] == [LogInFailed]


async def test_a_password_that_changes_while_it_is_checked_logs_nobody_in(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = await here.do.register_user(ASKED)
    change = ChangePassword(actor=OPERATOR, user_id=done.user.id, new_password="Another-Horse-2")
    check = PlainHasher.verify

    async def slow(self: PlainHasher, password: Password, stored: str | None) -> bool:
        matches = await check(self, password, stored)
        await here.do.change_password(change)
        return matches

    monkeypatch.setattr(PlainHasher, "verify", slow)

    with pytest.raises(InvalidCredentials):
        await here.do.register_user(ASKED)


async def test_a_deactivated_user_is_not_logged_in(here: World) -> None:
    done = await here.do.register_user(ASKED)
    await here.do.deactivate_user(DeactivateUser(actor=OPERATOR, user_id=done.user.id))

    with pytest.raises(UserInactive):
        await here.do.register_user(ASKED)


async def test_a_closed_account_is_not_made_again(here: World) -> None:
    done = await here.do.register_user(ASKED)
    await here.do.close_account(CloseAccount(actor=OPERATOR, user_id=done.user.id))

    with pytest.raises(UserNotFound):
        await here.do.register_user(ASKED)
    assert not (await here.do.register_user(replace(ASKED, idempotency_key="new"))).is_replay


async def test_without_a_log_in_the_user_is_shown_whatever_became_of_them(here: World) -> None:
    done = await here.do.register_user(UNHEARD)
    change = ChangePassword(actor=OPERATOR, user_id=done.user.id, new_password="Another-Horse-2")
    await here.do.change_password(change)
    await here.do.deactivate_user(DeactivateUser(actor=OPERATOR, user_id=done.user.id))

    again = await here.do.register_user(UNHEARD)

    assert (again.user.id, again.user.is_active) == (done.user.id, False)
    assert (again.tokens, again.is_replay) == (None, True)
    await here.do.close_account(CloseAccount(actor=OPERATOR, user_id=done.user.id))
    with pytest.raises(UserNotFound):
        await here.do.register_user(UNHEARD)


async def test_what_was_done_is_not_refused_by_a_stricter_policy(
    here: World,
) -> None:
    asked = replace(ASKED, password="Correct1Horse")
    done = await here.do.register_user(asked)
    passwords = replace(SETTINGS.passwords, policy="rules://symbol")
    stricter = containers.build(settings_with(passwords=passwords))
    stricter.database.override(providers.Object(Shared(here.container.database())))
    stricter.clock.override(providers.Object(here.clock))

    async with containers.opened(stricter) as use_cases:
        assert (await use_cases.register_user(asked)).user == done.user
        with pytest.raises(PasswordTooWeak):
            await use_cases.register_user(replace(asked, idempotency_key="another"))


@pytest.mark.parametrize("key", ["", " ", "a b", "a\n", "ä", "a" * 256, "\x7f", "\ud800", "a\0"])
async def test_a_key_is_visible_ascii_of_255_characters_at_most(here: World, key: str) -> None:
    with pytest.raises(InvalidInput, match="1 to 255 visible ASCII"):
        await here.do.register_user(replace(ASKED, idempotency_key=key))

    assert here.events == []


@pytest.mark.parametrize("key", ["!", "~" * 255, 'a"b\\c', "a,b;c=d"])
async def test_any_visible_key_will_do(here: World, key: str) -> None:
    asked = replace(ASKED, idempotency_key=key)

    assert not (await here.do.register_user(asked)).is_replay
    assert (await here.do.register_user(asked)).is_replay


async def test_what_is_wrong_is_told_in_spite_of_the_key(here: World) -> None:
    with pytest.raises(ValidationFailed):
        await here.do.register_user(replace(ASKED, email="nobody"))
