from collections.abc import AsyncIterator

import pytest

import containers
from adapters.memory.fakes import KnownBreaches
from adapters.resilience.fail_open_breaches import FailOpenBreachedPasswords
from adapters.resilience.pipeline import Pipeline
from application.errors import DependencyUnavailable
from application.ports.breached_passwords import BreachedPasswords
from application.user.change_password import ChangePassword
from application.user.register_user import RegisterUser
from domain.user.errors import PasswordTooWeak
from domain.user.password import Password
from tests.world import PASSWORD, SETTINGS, World, world

LEAKED = "Leaked-Horse-1"


class Broken(BreachedPasswords):
    name = "breached passwords"

    async def check(self) -> None: ...

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def contains(self, password: Password) -> bool:
        raise DependencyUnavailable


@pytest.fixture
async def here() -> AsyncIterator[World]:
    async with world(breaches=KnownBreaches([LEAKED])) as opened:
        yield opened


async def test_a_leaked_password_is_no_new_password(here: World) -> None:
    with pytest.raises(PasswordTooWeak, match="stronger") as caught:
        await here.do.register_user(RegisterUser(email="ann@example.com", password=LEAKED))

    assert [error.field for error in caught.value.errors] == ["password"]


async def test_nobody_changes_to_a_leaked_password(here: World) -> None:
    ann = await here.actor()

    with pytest.raises(PasswordTooWeak) as caught:
        await here.do.change_password(
            ChangePassword(
                actor=ann, user_id=ann.user_id, old_password=PASSWORD, new_password=LEAKED
            )
        )

    assert [error.field for error in caught.value.errors] == ["new_password"]


async def test_nobody_is_kept_out_when_nobody_can_tell() -> None:
    heard: list[str] = []
    async with world(
        breaches=FailOpenBreachedPasswords(Broken(), Pipeline(), heard.append)
    ) as here:
        await here.do.register_user(RegisterUser(email="ann@example.com", password=LEAKED))

    assert heard == ["SERVICE_UNAVAILABLE"]


async def test_nobody_is_asked_unless_configured() -> None:
    assert isinstance(containers.build(SETTINGS).breaches(), KnownBreaches)
