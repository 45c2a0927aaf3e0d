from datetime import timedelta

import pytest

from application.session.authenticate import Authenticate
from application.session.identify_session import IdentifySession
from application.session.log_out import LogOut
from application.session.refresh_session import RefreshSession
from application.session.session_opener import TokenPair
from domain.session.errors import SessionRevoked, TokenInvalid
from tests.world import World


@pytest.fixture
async def tokens(here: World) -> TokenPair:
    await here.register()
    return (await here.log_in()).tokens


async def test_a_refresh_token_tells_its_session_and_still_works(
    here: World, tokens: TokenPair
) -> None:
    command = IdentifySession(refresh_token=tokens.refresh_token)

    assert await here.do.identify_session(command) == tokens.session_id
    assert await here.do.identify_session(command) == tokens.session_id

    done = await here.do.refresh_session(RefreshSession(refresh_token=tokens.refresh_token))
    assert done.session_id == tokens.session_id


@pytest.mark.parametrize("token", ["a" * 43, "made up", ""])
async def test_what_is_no_token_of_ours_tells_nothing(here: World, token: str) -> None:
    with pytest.raises(TokenInvalid):
        await here.do.identify_session(IdentifySession(refresh_token=token))


async def test_a_session_that_ended_or_expired_is_told_of_no_more(
    here: World, tokens: TokenPair
) -> None:
    other = (await here.log_in()).tokens
    account = await here.do.authenticate(Authenticate(access_token=other.access_token))
    await here.do.log_out(LogOut(actor=account))
    with pytest.raises(SessionRevoked):
        await here.do.identify_session(IdentifySession(refresh_token=other.refresh_token))

    here.clock.advance(timedelta(days=30))
    with pytest.raises(SessionRevoked):
        await here.do.identify_session(IdentifySession(refresh_token=tokens.refresh_token))


async def test_a_token_is_hidden(tokens: TokenPair) -> None:
    assert tokens.refresh_token not in repr(IdentifySession(refresh_token=tokens.refresh_token))
