import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import pytest

from application.actor import Account
from application.errors import InvalidInput
from application.ports.user_repository import USERS
from application.session.authenticate import Authenticate
from application.user.activate_user import ActivateUser
from application.user.deactivate_user import DeactivateUser
from application.user.get_user import GetUser
from application.user.grant_role import GrantRole
from application.user.list_users import ListUsers
from application.user.revoke_role import RevokeRole
from domain.errors import FieldError, Forbidden, ValidationFailed
from domain.session.errors import SessionRevoked
from domain.user.errors import LastAdmin, UserNotFound
from domain.user.role import Role
from tests.world import OPERATOR, World

Act = Callable[[World, Account, UUID], Awaitable[object]]

ACTS: dict[str, Act] = {
    "get": lambda here, actor, user_id: here.do.get_user(GetUser(actor=actor, user=user_id)),
    "deactivate": lambda here, actor, user_id: here.do.deactivate_user(
        DeactivateUser(actor=actor, user_id=user_id)
    ),
    "activate": lambda here, actor, user_id: here.do.activate_user(
        ActivateUser(actor=actor, user_id=user_id)
    ),
    "grant": lambda here, actor, user_id: here.do.grant_role(
        GrantRole(actor=actor, user_id=user_id, role="editor")
    ),
    "revoke": lambda here, actor, user_id: here.do.revoke_role(
        RevokeRole(actor=actor, user_id=user_id, role="editor")
    ),
    "revoke admin": lambda here, actor, user_id: here.do.revoke_role(
        RevokeRole(actor=actor, user_id=user_id, role="admin")
    ),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
async def test_only_an_admin_administers(here: World, act: Act) -> None:
    ann = await here.actor()
    bob = (await here.actor("bob@example.com")).user_id

    with pytest.raises(Forbidden):
        await act(here, ann, bob)

    assert await act(here, await here.admin(), bob)


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
async def test_an_unknown_user_is_told_so(here: World, act: Act) -> None:
    with pytest.raises(UserNotFound):
        await act(here, await here.admin(), uuid4())


async def test_a_deactivated_user_stops_at_once(here: World) -> None:
    registered = await here.register()
    assert registered.tokens is not None
    token = Authenticate(access_token=registered.tokens.access_token)
    await here.do.authenticate(token)

    shown = await here.do.deactivate_user(
        DeactivateUser(actor=OPERATOR, user_id=registered.user.id)
    )

    assert not shown.is_active
    with pytest.raises(SessionRevoked):
        await here.do.authenticate(token)


async def test_an_activated_user_logs_in_anew(here: World) -> None:
    registered = await here.register()
    assert registered.tokens is not None
    id_ = registered.user.id
    await here.do.deactivate_user(DeactivateUser(actor=OPERATOR, user_id=id_))

    await here.do.activate_user(ActivateUser(actor=OPERATOR, user_id=id_))

    await here.log_in()
    with pytest.raises(SessionRevoked):
        await here.do.authenticate(Authenticate(access_token=registered.tokens.access_token))


async def test_a_role_that_is_taken_away_is_gone_at_once(here: World) -> None:
    admin = await here.admin()
    await here.admin("second@example.com")
    tokens = (await here.log_in("admin@example.com")).tokens
    token = Authenticate(access_token=tokens.access_token)
    assert (await here.do.authenticate(token)).roles

    await here.do.revoke_role(RevokeRole(actor=OPERATOR, user_id=admin.user_id, role="admin"))

    assert not (await here.do.authenticate(token)).roles


async def test_the_last_admin_stays_one(here: World) -> None:
    admin = await here.admin()

    with pytest.raises(LastAdmin):
        await here.do.revoke_role(RevokeRole(actor=OPERATOR, user_id=admin.user_id, role="admin"))
    with pytest.raises(LastAdmin):
        await here.do.deactivate_user(DeactivateUser(actor=admin, user_id=admin.user_id))

    assert (await here.do.get_user(GetUser(actor=admin, user=admin.user_id))).roles == ("admin",)


async def test_a_deactivated_admin_is_not_counted(here: World) -> None:
    first, second = await here.admin(), await here.admin("second@example.com")
    await here.do.deactivate_user(DeactivateUser(actor=OPERATOR, user_id=second.user_id))

    with pytest.raises(LastAdmin):
        await here.do.deactivate_user(DeactivateUser(actor=OPERATOR, user_id=first.user_id))


async def test_two_admins_cannot_demote_each_other_at_once(here: World) -> None:
    first, second = await here.admin(), await here.admin("second@example.com")

    outcomes = await asyncio.gather(
        here.do.revoke_role(RevokeRole(actor=first, user_id=second.user_id, role="admin")),
        here.do.revoke_role(RevokeRole(actor=second, user_id=first.user_id, role="admin")),
        return_exceptions=True,
    )

    # Whoever comes second is no admin any more.
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Forbidden", "UserView"]


@pytest.mark.parametrize("role", ["", "Admin", "a b", "x" * 33, "a\n"])
async def test_a_role_has_a_form(here: World, role: str) -> None:
    ann = await here.actor()

    with pytest.raises(ValidationFailed):
        await here.do.grant_role(GrantRole(actor=OPERATOR, user_id=ann.user_id, role=role))


async def test_only_a_role_that_exists_is_granted_or_revoked(here: World) -> None:
    ann = await here.actor()

    wrong = (FieldError("role", "There is no such role. Roles: admin, editor."),)

    with pytest.raises(ValidationFailed) as caught:
        await here.do.grant_role(GrantRole(actor=OPERATOR, user_id=ann.user_id, role="undefined"))
    assert caught.value.errors == wrong
    with pytest.raises(ValidationFailed) as caught:
        await here.do.revoke_role(RevokeRole(actor=OPERATOR, user_id=ann.user_id, role="undefined"))
    assert caught.value.errors == wrong


async def test_a_role_that_no_longer_exists_is_shown_and_can_be_revoked(here: World) -> None:
    ann = await here.actor()
    async with here.container.unit_of_work()() as uow:
        user = await uow.repository(USERS).get(ann.user_id)
        assert user is not None
        user.grant(Role("old"), here.clock.now())
        await uow.repository(USERS).save(user)
        await uow.commit()

    shown = await here.do.get_user(GetUser(actor=OPERATOR, user=ann.user_id))
    assert shown.roles == ("old",)
    changed = await here.do.revoke_role(RevokeRole(actor=OPERATOR, user_id=ann.user_id, role="old"))
    assert changed.roles == ()


async def test_a_user_is_found_by_address(here: World) -> None:
    ann = await here.actor()

    found = await here.do.get_user(GetUser(actor=OPERATOR, user="ANN@example.com"))

    assert found.id == ann.user_id


async def test_pages_give_everybody_once_the_newest_first(here: World) -> None:
    ids = [(await here.register(f"user{number}@example.com")).user.id for number in range(7)]

    seen: list[UUID] = []
    cursor: str | None = None
    while True:
        page = await here.do.list_users(ListUsers(actor=OPERATOR, limit=3, cursor=cursor))
        seen += [user.id for user in page.items]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
        await here.register(f"late{len(seen)}@example.com")

    assert seen == ids[::-1]


async def test_a_last_page_that_is_full_has_no_next(here: World) -> None:
    for number in range(3):
        await here.register(f"user{number}@example.com")

    assert (await here.do.list_users(ListUsers(actor=OPERATOR, limit=3))).next_cursor is None


async def test_filters_combine(here: World) -> None:
    for number in range(3):
        await here.register(f"ann{number}@example.com")
    await here.register("bob@example.com")
    ann0 = await here.do.get_user(GetUser(actor=OPERATOR, user="ann0@example.com"))
    await here.do.deactivate_user(DeactivateUser(actor=OPERATOR, user_id=ann0.id))

    async def emails(**filters: object) -> list[str]:
        command = ListUsers(actor=OPERATOR, **filters)  # type: ignore[arg-type] # cases
        return [user.email for user in (await here.do.list_users(command)).items]

    assert await emails(email_prefix="ANN", is_active=True) == [
        "ann2@example.com",
        "ann1@example.com",
    ]
    assert await emails(is_active=False) == ["ann0@example.com"]
    assert await emails(email_prefix="bo_") == []
    assert await emails(email_prefix="") == await emails()


@pytest.mark.parametrize("cursor", ["", "x", "é", "A" * 43 + "=", "../../etc", "\ud800"])
async def test_a_cursor_that_is_not_ours_is_refused(here: World, cursor: str) -> None:
    with pytest.raises(InvalidInput):
        await here.do.list_users(ListUsers(actor=OPERATOR, cursor=cursor))


async def test_a_cursor_belongs_to_its_filters(here: World) -> None:
    for number in range(3):
        await here.register(f"user{number}@example.com")
    page = await here.do.list_users(ListUsers(actor=OPERATOR, limit=1))

    with pytest.raises(InvalidInput):
        await here.do.list_users(
            ListUsers(actor=OPERATOR, cursor=page.next_cursor, email_prefix="user")
        )


@pytest.mark.parametrize("limit", [0, -1, 101])
async def test_a_page_has_bounds(here: World, limit: int) -> None:
    with pytest.raises(ValidationFailed):
        await here.do.list_users(ListUsers(actor=OPERATOR, limit=limit))
