import asyncio

import pytest

from application.session.authenticate import Authenticate
from application.user.register_user import RegisterUser
from domain.errors import ValidationFailed
from domain.session.events import SessionOpened
from domain.user.errors import PasswordTooWeak, UserAlreadyExists
from domain.user.events import UserRegistered
from tests.world import PASSWORD, World


async def test_a_new_user_is_logged_in_at_once(here: World) -> None:
    registered = await here.register("Ann@Example.com", name="Ann")

    assert registered.user.email == "Ann@Example.com"
    assert registered.user.name == "Ann"
    assert registered.user.roles == ()
    assert registered.user.is_active
    assert registered.tokens is not None
    account = await here.do.authenticate(Authenticate(access_token=registered.tokens.access_token))
    assert account.user_id == registered.user.id


async def test_the_events_are_published_in_their_order(here: World) -> None:
    await here.register()

    assert [type(event) for event in here.events] == [UserRegistered, SessionOpened]


async def test_no_session_is_opened_when_none_is_wanted(here: World) -> None:
    registered = await here.do.register_user(
        RegisterUser(email="ann@example.com", password=PASSWORD, log_in=False)
    )

    assert registered.tokens is None
    assert [type(event) for event in here.events] == [UserRegistered]


async def test_an_address_is_taken_whatever_its_case(here: World) -> None:
    await here.register("ann@example.com")

    with pytest.raises(UserAlreadyExists):
        await here.register("ANN@EXAMPLE.COM")


async def test_of_twenty_at_once_one_wins(here: World) -> None:
    results = await asyncio.gather(*(here.register() for _ in range(20)), return_exceptions=True)

    assert sum(isinstance(result, UserAlreadyExists) for result in results) == 19
    assert sum(not isinstance(result, BaseException) for result in results) == 1


async def test_everything_that_is_wrong_is_told_at_once(here: World) -> None:
    command = RegisterUser(email="nobody", password="short", name="a\x00b")

    with pytest.raises(ValidationFailed) as caught:
        await here.do.register_user(command)

    assert [error.field for error in caught.value.errors] == ["email", "password", "name"]


@pytest.mark.parametrize("password", ["alllower1", "ALLUPPER1", "NoDigitsHere"])
async def test_a_password_needs_upper_lower_and_digit(here: World, password: str) -> None:
    with pytest.raises(PasswordTooWeak):
        await here.do.register_user(RegisterUser(email="ann@example.com", password=password))


@pytest.mark.parametrize("password", ["Ann1@Example.com", "ann1@EXAMPLE.COM", "Ann Example 1"])
async def test_a_password_is_neither_the_address_nor_the_name(here: World, password: str) -> None:
    command = RegisterUser(email="ann1@example.com", password=password, name="ann example 1")

    with pytest.raises(PasswordTooWeak, match="stronger") as caught:
        await here.do.register_user(command)

    assert "e-mail address or name" in caught.value.errors[-1].message


async def test_a_password_shows_in_no_repr(here: World) -> None:
    command = RegisterUser(email="ann@example.com", password=PASSWORD)
    registered = await here.do.register_user(command)

    assert PASSWORD not in repr(command)
    assert registered.tokens is not None
    assert registered.tokens.access_token not in repr(registered)
    assert registered.tokens.refresh_token not in repr(registered)
