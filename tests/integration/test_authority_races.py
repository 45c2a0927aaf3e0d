"""Two workers over one database: whoever is being removed never puts themselves back.

A worker trusts its own look-up of a session, with the roles of that moment, for a second. What is
told here is what may be done meanwhile: nothing that writes.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import cast
from uuid import UUID

import pytest
from dependency_injector import providers

import containers
from application.actor import Account
from application.session.authenticate import Authenticate
from application.session.log_in import LogIn
from application.settings import DatabaseSettings
from application.use_cases import UseCases
from application.user.activate_user import ActivateUser
from application.user.close_account import CloseAccount
from application.user.deactivate_user import DeactivateUser
from application.user.get_user import GetUser
from application.user.grant_role import GrantRole
from application.user.register_user import RegisterUser
from application.user.revoke_role import RevokeRole
from application.user.update_profile import UpdateProfile
from application.user.views import UserView
from domain.errors import Forbidden
from domain.session.errors import SessionRevoked
from tests.storage import Shared
from tests.world import OPERATOR, PASSWORD, SETTINGS

Act = Callable[[UseCases, Account, UUID], Awaitable[object]]


@asynccontextmanager
async def two_workers(url: str) -> AsyncIterator[tuple[UseCases, UseCases]]:
    settings = replace(SETTINGS, database=DatabaseSettings(url=url, is_default=False))
    async with AsyncExitStack() as stack:
        built = [containers.build(settings) for _ in range(2)]
        if url == "memory://":
            built[1].database.override(providers.Object(Shared(built[0].database())))
        workers = [await stack.enter_async_context(containers.opened(each)) for each in built]
        yield workers[0], workers[1]


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def workers(
    request: pytest.FixtureRequest,
) -> AsyncIterator[tuple[UseCases, UseCases]]:
    url = "memory://"
    if request.param != "memory":
        url = cast("str", request.getfixturevalue(f"migrated_{request.param}_url"))
    async with two_workers(url) as opened:
        yield opened


async def register(do: UseCases, name: str) -> UUID:
    email = f"{name}@example.com"
    return (await do.register_user(RegisterUser(email=email, password=PASSWORD))).user.id


async def an_admin(do: UseCases, name: str) -> Account:
    """Log an admin in at this worker, which trusts the answer from now on."""
    user_id = await register(do, name)
    await do.grant_role(GrantRole(actor=OPERATOR, user_id=user_id, role="admin"))
    logged_in = await do.log_in(LogIn(email=f"{name}@example.com", password=PASSWORD))
    return await do.authenticate(Authenticate(access_token=logged_in.tokens.access_token))


async def shown(do: UseCases, user_id: UUID) -> UserView:
    return await do.get_user(GetUser(actor=OPERATOR, user=user_id))


def grant_self(do: UseCases, actor: Account, _: UUID) -> Awaitable[object]:
    return do.grant_role(GrantRole(actor=actor, user_id=actor.user_id, role="admin"))


def activate_self(do: UseCases, actor: Account, _: UUID) -> Awaitable[object]:
    return do.activate_user(ActivateUser(actor=actor, user_id=actor.user_id))


def grant_accomplice(do: UseCases, actor: Account, other: UUID) -> Awaitable[object]:
    return do.grant_role(GrantRole(actor=actor, user_id=other, role="admin"))


def activate_accomplice(do: UseCases, actor: Account, other: UUID) -> Awaitable[object]:
    return do.activate_user(ActivateUser(actor=actor, user_id=other))


def deactivate_other(do: UseCases, actor: Account, other: UUID) -> Awaitable[object]:
    return do.deactivate_user(DeactivateUser(actor=actor, user_id=other))


def rename_self(do: UseCases, actor: Account, _: UUID) -> Awaitable[object]:
    return do.update_profile(UpdateProfile(actor=actor, user_id=actor.user_id, name="Back"))


def close_self(do: UseCases, actor: Account, _: UUID) -> Awaitable[object]:
    command = CloseAccount(actor=actor, user_id=actor.user_id, password=PASSWORD)
    return do.close_account(command)


ADMIN_ACTS = (grant_self, activate_self, grant_accomplice, activate_accomplice, deactivate_other)


def kinds(outcomes: list[object]) -> set[type]:
    return {type(outcome) for outcome in outcomes}


async def test_a_demoted_admin_acts_no_more_at_a_worker_that_has_not_heard(
    workers: tuple[UseCases, UseCases],
) -> None:
    here, elsewhere = workers
    await an_admin(here, "boss")
    actor, other = await an_admin(here, "mallory"), await register(here, "accomplice")

    command = RevokeRole(actor=OPERATOR, user_id=actor.user_id, role="admin")
    await elsewhere.revoke_role(command)

    for act in ADMIN_ACTS:
        with pytest.raises(Forbidden):
            await act(here, actor, other)
    assert (await shown(here, actor.user_id)).roles == ()
    assert (await shown(here, other)).roles == ()


async def test_a_deactivated_admin_acts_no_more_at_a_worker_that_has_not_heard(
    workers: tuple[UseCases, UseCases],
) -> None:
    here, elsewhere = workers
    await an_admin(here, "boss")
    actor, other = await an_admin(here, "mallory"), await register(here, "accomplice")

    await elsewhere.deactivate_user(DeactivateUser(actor=OPERATOR, user_id=actor.user_id))

    for act in (*ADMIN_ACTS, rename_self, close_self):
        with pytest.raises((Forbidden, SessionRevoked)):
            await act(here, actor, other)
    assert (await shown(here, actor.user_id)).is_active is False
    assert (await shown(here, other)).roles == ()


@pytest.mark.parametrize("removed_by", ["revoke", "deactivate"])
async def test_a_storm_of_acts_never_undoes_a_removal(
    workers: tuple[UseCases, UseCases], removed_by: str
) -> None:
    """What comes before the removal is done, what comes after is refused; none is in between."""
    here, elsewhere = workers
    await an_admin(here, "boss")
    actor = await an_admin(here, "mallory")
    others = [await register(here, f"accomplice{number}") for number in range(4)]

    async def remove() -> None:
        if removed_by == "revoke":
            revoke = RevokeRole(actor=OPERATOR, user_id=actor.user_id, role="admin")
            await elsewhere.revoke_role(revoke)
        else:
            deactivate = DeactivateUser(actor=OPERATOR, user_id=actor.user_id)
            await elsewhere.deactivate_user(deactivate)

    async def storm() -> list[object]:
        acts = [
            act(here, actor, other)
            for other in others
            for act in (grant_self, activate_self, grant_accomplice)
        ]
        return await asyncio.gather(*acts, return_exceptions=True)

    during, _ = await asyncio.gather(storm(), remove())
    granted = [(await shown(here, other)).roles for other in others]
    after = await storm()

    assert kinds(during) <= {UserView, Forbidden, SessionRevoked}
    assert kinds(after) <= {Forbidden, SessionRevoked}
    assert [(await shown(here, other)).roles for other in others] == granted
    mallory = await shown(here, actor.user_id)
    if removed_by == "revoke":
        assert mallory.roles == ()
    else:
        assert mallory.is_active is False


async def test_two_admins_who_act_on_each_other_at_once_never_wait_in_a_circle(
    workers: tuple[UseCases, UseCases],
) -> None:
    """Each worker serves one of them; whoever comes second is no admin any more."""
    for number in range(3):
        one = await an_admin(workers[0], f"one{number}")
        two = await an_admin(workers[1], f"two{number}")

        outcomes = await asyncio.gather(
            workers[0].revoke_role(RevokeRole(actor=one, user_id=two.user_id, role="admin")),
            workers[1].deactivate_user(DeactivateUser(actor=two, user_id=one.user_id)),
            return_exceptions=True,
        )

        assert sorted(each.__name__ for each in map(type, outcomes)) in (
            ["Forbidden", "UserView"],
            ["SessionRevoked", "UserView"],
        )
