import pytest

from application.session.authenticate import Authenticate
from application.session.refresh_session import RefreshSession
from application.user.change_password import ChangePassword
from domain.errors import ValidationFailed
from domain.session.errors import SessionRevoked
from domain.user.errors import (
    InvalidCredentials,
    PasswordTooWeak,
)
from tests.world import OPERATOR, PASSWORD, World

NEW = "Another-Horse-2"


async def test_a_new_password_ends_all_sessions_and_the_caller_goes_on_in_a_new_one(
    here: World,
) -> None:
    await here.register()
    mine, other = (await here.log_in()).tokens, (await here.log_in()).tokens
    ann = await here.do.authenticate(Authenticate(access_token=mine.access_token))
    await here.do.authenticate(Authenticate(access_token=other.access_token))

    changed = await here.do.change_password(
        ChangePassword(actor=ann, user_id=ann.user_id, old_password=PASSWORD, new_password=NEW)
    )

    assert changed.sessions_ended == 3
    for tokens in (mine, other):
        with pytest.raises(SessionRevoked):
            await here.do.authenticate(Authenticate(access_token=tokens.access_token))
        with pytest.raises(SessionRevoked):
            await here.do.refresh_session(RefreshSession(refresh_token=tokens.refresh_token))
    assert changed.tokens is not None
    again = await here.do.authenticate(Authenticate(access_token=changed.tokens.access_token))
    assert (again.user_id, again.session_id) == (ann.user_id, changed.tokens.session_id)
    await here.do.refresh_session(RefreshSession(refresh_token=changed.tokens.refresh_token))
    assert await here.live_sessions(ann.user_id) == [again.session_id]
    with pytest.raises(InvalidCredentials):
        await here.log_in()
    await here.log_in(password=NEW)


@pytest.mark.parametrize("old", [None, "Wrong-Horse-1"])
async def test_a_new_password_needs_the_old_one(here: World, old: str | None) -> None:
    ann = await here.actor()

    with pytest.raises((ValidationFailed, InvalidCredentials)):
        await here.do.change_password(
            ChangePassword(actor=ann, user_id=ann.user_id, old_password=old, new_password=NEW)
        )

    await here.log_in()


@pytest.mark.parametrize("new", ["nodigitshere", "Ann1@example.com"])
async def test_a_weak_new_password_is_refused_by_its_field(here: World, new: str) -> None:
    ann = await here.actor("ann1@example.com")

    with pytest.raises(PasswordTooWeak) as caught:
        await here.do.change_password(
            ChangePassword(actor=ann, user_id=ann.user_id, old_password=PASSWORD, new_password=new)
        )

    assert {error.field for error in caught.value.errors} == {"new_password"}


async def test_an_operator_sets_a_password_without_the_old_one(here: World) -> None:
    ann = await here.actor()

    changed = await here.do.change_password(
        ChangePassword(actor=OPERATOR, user_id=ann.user_id, new_password=NEW)
    )

    assert (changed.sessions_ended, changed.tokens) == (1, None)
    assert await here.live_sessions(ann.user_id) == []
    await here.log_in(password=NEW)
