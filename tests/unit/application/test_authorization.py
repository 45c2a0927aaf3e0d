"""Roles are checked in use cases, so that every driver is held to them."""

from collections.abc import Awaitable, Callable
from dataclasses import fields, replace
from typing import cast, get_args, get_type_hints
from uuid import UUID

import pytest

from application.actor import Account, Actor
from application.audit.list_audit import ListAudit
from application.handlers import HANDLERS
from application.maintenance.count_expired import CountExpired
from application.maintenance.purge_expired import PurgeExpired
from application.session.list_sessions import ListSessions
from application.session.log_out import LogOut
from application.session.log_out_everywhere import LogOutEverywhere
from application.session.revoke_session import RevokeSession
from application.use_cases import UseCases
from application.user.activate_user import ActivateUser
from application.user.change_password import ChangePassword
from application.user.close_account import CloseAccount
from application.user.deactivate_user import DeactivateUser
from application.user.export_data import ExportData
from application.user.export_users import ExportUsers
from application.user.get_profile import GetProfile
from application.user.get_user import GetUser
from application.user.grant_role import GrantRole
from application.user.import_users import ImportUsers
from application.user.list_users import ListUsers
from application.user.revoke_role import RevokeRole
from application.user.update_profile import UpdateProfile
from domain.errors import Forbidden
from domain.session.errors import SessionRevoked
from domain.user.role import Role
from tests.world import OPERATOR, PASSWORD, World

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
OWN: dict[str, Make] = {
    "update_profile": lambda actor, user: UpdateProfile(actor=actor, user_id=user, name="Ann"),
    "change_password": lambda actor, user: ChangePassword(
        actor=actor, user_id=user, old_password=PASSWORD, new_password="Another-Horse-2"
    ),
    "close_account": lambda actor, user: CloseAccount(actor=actor, user_id=user, password=PASSWORD),
    "get_profile": lambda actor, _: GetProfile(actor=cast("Account", actor)),
    "list_sessions": lambda actor, user: ListSessions(actor=actor, user_id=user),
    "revoke_session": lambda actor, user: RevokeSession(
        actor=actor, user_id=user, session_id=cast("Account", actor).session_id
    ),
    "log_out": lambda actor, _: LogOut(actor=cast("Account", actor)),
    "log_out_everywhere": lambda actor, user: LogOutEverywhere(actor=actor, user_id=user),
    "export_data": lambda actor, user: ExportData(actor=actor, user_id=user),
}
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

READS = {
    "get_user",
    "list_users",
    "list_audit",
    "get_profile",
    "list_sessions",
    "export_data",
}
"""What may be read for the second in which a look-up of the session is trusted."""
WRITES = sorted({*ADMIN, *OWN} - READS - {"log_out"})
"""What an account changes. To log out a session that has ended changes nothing."""


def test_every_use_case_says_above_who_may() -> None:
    """A new one is found here, and has to be sorted in."""
    assert {*ADMIN, *OPERATORS, *OWN, *NOBODYS} == {field.name for field in fields(UseCases)}


@pytest.mark.parametrize("name", sorted(READS))
def test_what_only_reads_opens_no_transaction(name: str) -> None:
    assert "unit_of_work" not in {field.name for field in fields(HANDLERS[name])}


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


@pytest.mark.parametrize("name", WRITES)
async def test_an_account_whose_session_has_ended_since_it_was_looked_up_writes_nothing(
    here: World, name: str
) -> None:
    """What was trusted a moment ago is read again, in the transaction that writes."""
    admin = await here.admin()
    await here.admin("second@example.com")
    bob = (await here.register("bob@example.com")).user.id
    make, user = (ADMIN[name], bob) if name in ADMIN else (OWN[name], admin.user_id)
    await here.do.log_out(LogOut(actor=admin))
    before = len(here.events)

    with pytest.raises(SessionRevoked):
        await ask(here, name, make, admin, user)

    assert here.events[before:] == []


@pytest.mark.parametrize("name", WRITES)
async def test_an_account_that_was_deactivated_since_it_was_looked_up_writes_nothing(
    here: World, name: str
) -> None:
    admin = await here.admin()
    await here.admin("second@example.com")
    bob = (await here.register("bob@example.com")).user.id
    make, user = (ADMIN[name], bob) if name in ADMIN else (OWN[name], admin.user_id)
    await here.do.deactivate_user(DeactivateUser(actor=OPERATOR, user_id=admin.user_id))
    before = len(here.events)

    with pytest.raises(SessionRevoked):
        await ask(here, name, make, admin, user)

    assert here.events[before:] == []


@pytest.mark.parametrize("name", sorted({*WRITES} & {*ADMIN}))
async def test_an_admin_who_was_demoted_since_they_were_looked_up_writes_nothing(
    here: World, name: str
) -> None:
    admin = await here.admin()
    await here.admin("second@example.com")
    bob = (await here.register("bob@example.com")).user.id
    revoke = RevokeRole(actor=OPERATOR, user_id=admin.user_id, role="admin")
    await here.do.revoke_role(revoke)
    before = len(here.events)

    with pytest.raises(Forbidden):
        await ask(here, name, ADMIN[name], admin, bob)

    assert here.events[before:] == []


@pytest.mark.parametrize("name", ["activate_user", "grant_role"])
async def test_nobody_extends_their_own_authority_but_an_operator_does_it_for_them(
    here: World, name: str
) -> None:
    admin = await here.admin()

    with pytest.raises(Forbidden, match="Ask another admin"):
        await ask(here, name, ADMIN[name], admin, admin.user_id)

    await ask(here, name, ADMIN[name], OPERATOR, admin.user_id)
