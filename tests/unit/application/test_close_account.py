import pytest

from application.context import CallContext, call_context
from application.ports.session_repository import SESSIONS
from application.session.authenticate import Authenticate
from application.session.revoke_session import RevokeSession
from application.user.close_account import CloseAccount
from application.user.get_user import GetUser
from domain.errors import ValidationFailed
from domain.session.errors import SessionRevoked
from domain.user.errors import (
    InvalidCredentials,
    LastAdmin,
    UserNotFound,
)
from tests.storage import a_unit
from tests.world import OPERATOR, PASSWORD, World


@pytest.mark.parametrize("password", [None, "Wrong-Horse-1"])
async def test_closing_needs_the_password(here: World, password: str | None) -> None:
    ann = await here.actor()

    with pytest.raises((ValidationFailed, InvalidCredentials)):
        await here.do.close_account(CloseAccount(actor=ann, user_id=ann.user_id, password=password))

    await here.log_in()


async def test_a_closed_account_is_gone_and_its_address_free(here: World) -> None:
    registered = await here.register()
    assert registered.tokens is not None
    token = Authenticate(access_token=registered.tokens.access_token)
    ann = await here.do.authenticate(token)

    await here.do.close_account(CloseAccount(actor=ann, user_id=ann.user_id, password=PASSWORD))

    with pytest.raises(SessionRevoked):
        await here.do.authenticate(token)
    with pytest.raises(InvalidCredentials):
        await here.log_in()
    with pytest.raises(UserNotFound):
        await here.do.get_user(GetUser(actor=OPERATOR, user=ann.user_id))
    assert (await here.register()).user.id != ann.user_id


async def test_a_closed_account_forgets_where_its_owner_logged_in(here: World) -> None:
    context = call_context.set(CallContext("r", "192.0.2.7", "curl/8.5"))
    ann = await here.actor()
    ended = (await here.log_in()).tokens.session_id
    call_context.reset(context)
    await here.do.revoke_session(RevokeSession(actor=ann, user_id=ann.user_id, session_id=ended))

    await here.do.close_account(CloseAccount(actor=ann, user_id=ann.user_id, password=PASSWORD))

    async with a_unit(here.container.database()) as uow:
        for session_id in (ann.session_id, ended):
            session = await uow.repository(SESSIONS).get(session_id)
            assert session is not None
            assert session.client_address is session.user_agent is None


async def test_the_last_admin_cannot_close_their_account(here: World) -> None:
    admin = await here.admin()

    with pytest.raises(LastAdmin):
        await here.do.close_account(
            CloseAccount(actor=admin, user_id=admin.user_id, password=PASSWORD)
        )

    await here.admin("second@example.com")
    await here.do.close_account(CloseAccount(actor=admin, user_id=admin.user_id, password=PASSWORD))
