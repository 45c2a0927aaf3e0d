"""What is written down of what happens, and who reads it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest

from application.audit.entry import AuditEntry
from application.context import CallContext, call_context
from application.errors import DatabaseUnavailable
from application.session.log_out import LogOut
from application.session.log_out_everywhere import LogOutEverywhere
from application.session.refresh_session import RefreshSession
from application.session.revoke_session import RevokeSession
from application.user.activate_user import ActivateUser
from application.user.change_password import ChangePassword
from application.user.close_account import CloseAccount
from application.user.deactivate_user import DeactivateUser
from application.user.grant_role import GrantRole
from application.user.register_user import RegisterUser
from application.user.revoke_role import RevokeRole
from application.user.update_profile import UpdateProfile
from domain.errors import DomainError
from domain.user.errors import InvalidCredentials
from tests.faulty import Faults
from tests.unit.application.trail import trail, types
from tests.world import OPERATOR, PASSWORD, World, world

NEW_PASSWORD = "Another-Horse-2"
CALL = CallContext(request_id="call-1", client_address="203.0.113.7", user_agent="Browser/1")


@pytest.fixture(autouse=True)
def call() -> Iterator[None]:
    with _call(CALL):
        yield


@contextmanager
def _call(context: CallContext) -> Iterator[None]:
    token = call_context.set(context)
    yield
    call_context.reset(token)


async def test_an_entry_tells_who_what_whom_when_and_from_where(here: World) -> None:
    admin = await here.admin()
    ann = (await here.actor()).user_id

    await here.do.grant_role(GrantRole(actor=admin, user_id=ann, role="editor"))

    (*_, entry) = await trail(here)
    assert entry == AuditEntry(
        id=entry.id,
        occurred_at=here.clock.now(),
        type="role.granted",
        actor_id=admin.user_id,
        operator=None,
        user_id=ann,
        client_address="203.0.113.7",
        user_agent="Browser/1",
        request_id="call-1",
        details={"role": "editor"},
    )


async def test_who_registers_or_logs_in_acts_for_themselves(here: World) -> None:
    ann = (await here.register()).user.id
    await here.log_in()

    entries = await trail(here)

    assert [entry.type for entry in entries] == [
        "user.registered",
        "session.opened",
        "session.opened",
    ]
    assert {(entry.actor_id, entry.user_id) for entry in entries} == {(ann, ann)}


async def test_an_operator_is_known_by_name(here: World) -> None:
    command = RegisterUser(email="ann@example.com", password=PASSWORD, log_in=False, actor=OPERATOR)
    ann = (await here.do.register_user(command)).user.id
    await here.do.deactivate_user(DeactivateUser(actor=OPERATOR, user_id=ann))

    entries = await trail(here)

    assert [entry.type for entry in entries] == ["user.registered", "user.deactivated"]
    assert {(entry.actor_id, entry.operator) for entry in entries} == {(None, "tester")}


async def test_everything_that_is_done_to_an_account_is_written_down(here: World) -> None:
    admin, ann = await here.admin(), await here.actor()
    await here.log_in()
    id_ = ann.user_id
    await here.do.update_profile(UpdateProfile(actor=ann, user_id=id_, name="Ann"))
    await here.do.update_profile(
        UpdateProfile(actor=ann, user_id=id_, email="new@example.com", password=PASSWORD)
    )
    await here.do.change_password(
        ChangePassword(actor=ann, user_id=id_, old_password=PASSWORD, new_password=NEW_PASSWORD)
    )
    await here.do.grant_role(GrantRole(actor=admin, user_id=id_, role="editor"))
    await here.do.revoke_role(RevokeRole(actor=admin, user_id=id_, role="editor"))
    await here.do.deactivate_user(DeactivateUser(actor=admin, user_id=id_))
    await here.do.activate_user(ActivateUser(actor=admin, user_id=id_))
    await here.do.close_account(CloseAccount(actor=OPERATOR, user_id=id_))

    assert (await types(here, id_))[3:] == [
        "profile.updated",
        "email.changed",
        "session.ended",
        "password.changed",
        "session.ended",
        "session.opened",
        "role.granted",
        "role.revoked",
        "user.deactivated",
        "session.ended",
        "user.activated",
        "user.closed",
    ]


async def test_each_way_to_end_a_session_has_its_own_name(here: World) -> None:
    ann = await here.actor()
    tokens = [(await here.log_in()).tokens for _ in range(3)]
    revoke = RevokeSession(actor=ann, user_id=ann.user_id, session_id=tokens[0].session_id)
    await here.do.revoke_session(revoke)
    gone = replace(ann, session_id=tokens[1].session_id)
    await here.do.log_out(LogOut(actor=gone))
    await here.do.log_out_everywhere(LogOutEverywhere(actor=ann, user_id=ann.user_id))

    revoked, out, everywhere = (await trail(here))[-3:]

    assert revoked.type == "session.revoked"
    assert revoked.details["session_id"] == str(tokens[0].session_id)
    assert (out.type, out.actor_id) == ("session.logged_out", ann.user_id)
    assert everywhere.type == "session.logged_out_everywhere"
    assert everywhere.details == {"reason": "logged_out", "sessions": 2}


async def test_reuse_is_written_down_with_the_end_of_the_session(here: World) -> None:
    tokens = (await here.register()).tokens
    assert tokens is not None
    refresh = RefreshSession(refresh_token=tokens.refresh_token)
    second = await here.do.refresh_session(refresh)
    await here.do.refresh_session(RefreshSession(refresh_token=second.refresh_token))

    for _ in range(2):
        with suppress(DomainError):
            await here.do.refresh_session(refresh)

    (*_, opened, reused) = await trail(here)
    assert opened.type == "session.opened"
    assert (reused.type, reused.actor_id) == ("session.refresh_reused", None)
    assert reused.details["session_id"] == str(tokens.session_id)


async def test_what_does_nothing_leaves_nothing(here: World) -> None:
    ann = await here.actor()
    before = await trail(here)

    await here.do.activate_user(ActivateUser(actor=OPERATOR, user_id=ann.user_id))
    await here.do.revoke_role(RevokeRole(actor=OPERATOR, user_id=ann.user_id, role="editor"))
    with pytest.raises(DomainError):
        await here.register()

    assert await trail(here) == before


@pytest.mark.parametrize(("point", "times"), [("audit", 3), ("commit", 1)])
async def test_no_entry_without_its_effect_and_no_effect_without_its_entry(
    point: str, times: int
) -> None:
    faults = Faults()
    async with world(faults=faults) as here:
        ann = (await here.register()).user.id
        before = await trail(here)
        faults.add(point, *[DatabaseUnavailable()] * times)

        with pytest.raises(DomainError):
            await here.do.deactivate_user(DeactivateUser(actor=OPERATOR, user_id=ann))

        assert await trail(here) == before
        await here.log_in()


async def test_an_act_that_is_repeated_by_policy_is_written_down_once() -> None:
    faults = Faults()
    async with world(faults=faults) as here:
        ann = (await here.register()).user.id
        faults.add("audit", DatabaseUnavailable())

        await here.do.deactivate_user(DeactivateUser(actor=OPERATOR, user_id=ann))

        assert (await types(here)).count("user.deactivated") == 1


async def test_a_closed_account_leaves_no_trace_of_where_its_user_came_from(
    here: World,
) -> None:
    admin, ann = await here.admin(), await here.actor()
    await here.do.grant_role(GrantRole(actor=admin, user_id=ann.user_id, role="editor"))
    with suppress(InvalidCredentials):
        await here.log_in(password="Wrong-Horse-1")

    close = CloseAccount(actor=ann, user_id=ann.user_id, password=PASSWORD)
    await here.do.close_account(close)

    entries = await trail(here, ann.user_id)
    with_client = [entry.type for entry in entries if entry.client_address or entry.user_agent]
    assert with_client == ["role.granted"]
    assert [entry.type for entry in entries][-2:] == ["session.ended", "user.closed"]
    assert all(entry.request_id == "call-1" for entry in entries)


async def test_who_closes_the_account_of_another_is_not_forgotten(here: World) -> None:
    ann = await here.actor()

    await here.do.close_account(CloseAccount(actor=OPERATOR, user_id=ann.user_id))

    (*_, entry) = await trail(here, ann.user_id)
    assert (entry.type, entry.operator) == ("user.closed", "tester")
    assert entry.client_address == "203.0.113.7"


async def test_no_secret_and_no_address_is_ever_written_down(here: World) -> None:
    tokens = (await here.register(name="Ann Secretname")).tokens
    assert tokens is not None
    with suppress(InvalidCredentials):
        await here.log_in(password="Wrong-Horse-1")
    with suppress(InvalidCredentials):
        await here.log_in("Hunter2@example.com", "Wrong-Horse-1")

    said = str(await trail(here))

    for secret in (PASSWORD, "Wrong-Horse-1", "ann@", "hunter2", "Secretname"):
        assert secret.lower() not in said.lower()
    assert tokens.refresh_token not in said
    assert tokens.access_token not in said
