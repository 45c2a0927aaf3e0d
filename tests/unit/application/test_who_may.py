"""Roles are checked in use cases, so that every driver is held to them."""

from collections.abc import Awaitable, Callable
from dataclasses import fields, replace
from typing import get_args, get_type_hints
from uuid import UUID

import pytest

from application.actor import Actor
from application.audit.list_audit import ListAudit
from application.maintenance.count_expired import CountExpired
from application.maintenance.purge_expired import PurgeExpired
from application.use_cases import UseCases
from application.user.activate_user import ActivateUser
from application.user.deactivate_user import DeactivateUser
from application.user.export_users import ExportUsers
from application.user.get_user import GetUser
from application.user.grant_role import GrantRole
from application.user.import_users import ImportUsers
from application.user.list_users import ListUsers
from application.user.revoke_role import RevokeRole
from domain.errors import Forbidden
from domain.user.role import Role
from tests.world import OPERATOR, World

Make = Callable[[Actor, UUID], object]

ADMIN: dict[str, Make] = {
    "get_user": lambda actor, user: GetUser(actor=actor, user=user),
    "list_users": lambda actor, _: ListUsers(actor=actor),
    "deactivate_user": lambda actor, user: DeactivateUser(actor=actor, user_id=user),
    "activate_user": lambda actor, user: ActivateUser(actor=actor, user_id=user),
    "grant_role": lambda actor, user: GrantRole(actor=actor, user_id=user, role="editor"),
    "revoke_role": lambda actor, user: RevokeRole(actor=actor, user_id=user, role="editor"),
    "list_audit": lambda actor, _: ListAudit(actor=actor),
}
OPERATORS: dict[str, Make] = {
    "count_expired": lambda actor, _: CountExpired(actor=actor),
    "import_users": lambda actor, _: ImportUsers(actor=actor, records=()),
    "export_users": lambda actor, _: ExportUsers(actor=actor),
    "purge_expired": lambda actor, _: PurgeExpired(actor=actor),
}
OWN = (
    "update_profile",
    "change_password",
    "close_account",
    "get_profile",
    "list_sessions",
    "revoke_session",
    "log_out",
    "log_out_everywhere",
    "export_data",
)
"""For the one it is about, which their own tests check."""
NOBODYS = {
    "register_user",
    "log_in",
    "refresh_session",
    "identify_session",
    "authenticate",
    "list_public_keys",
    "limit_call",
    "refund_call",
    "check_readiness",
}


def test_every_use_case_says_above_who_may() -> None:
    """A new one is found here, and has to be sorted in."""
    assert {*ADMIN, *OPERATORS, *OWN, *NOBODYS} == {field.name for field in fields(UseCases)}


@pytest.mark.parametrize("name", [*ADMIN, *OPERATORS, *OWN])
def test_a_use_case_that_needs_permission_is_told_who_asks(name: str) -> None:
    command = get_args(get_type_hints(UseCases)[name])[0]

    assert "actor" in {field.name for field in fields(command)}


async def ask(here: World, name: str, make: Make, actor: Actor, user: UUID) -> object:
    use_case: Callable[[object], Awaitable[object]] = getattr(here.do, name)
    return await use_case(make(actor, user))


@pytest.mark.parametrize("name", [*ADMIN, *OPERATORS])
async def test_an_account_without_the_role_is_refused_and_an_operator_passes(
    here: World, name: str
) -> None:
    make = (ADMIN | OPERATORS)[name]
    ann = await here.actor()
    bob = (await here.register("bob@example.com")).user.id
    editor = replace(ann, roles=frozenset({Role("editor")}))
    for account in (ann, editor):
        with pytest.raises(Forbidden):
            await ask(here, name, make, account, bob)

    await ask(here, name, make, OPERATOR, bob)


@pytest.mark.parametrize("name", ADMIN)
async def test_an_admin_administers(here: World, name: str) -> None:
    bob = (await here.register("bob@example.com")).user.id

    await ask(here, name, ADMIN[name], await here.admin(), bob)


@pytest.mark.parametrize("name", OPERATORS)
async def test_an_admin_is_no_operator(here: World, name: str) -> None:
    admin = await here.admin()

    with pytest.raises(Forbidden):
        await ask(here, name, OPERATORS[name], admin, admin.user_id)
