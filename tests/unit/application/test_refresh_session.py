import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from application.actor import Account
from application.session.authenticate import Authenticate
from application.session.list_sessions import ListSessions
from application.session.refresh_session import RefreshSession
from application.session.session_opener import TokenPair
from domain.errors import DomainError
from domain.session.errors import (
    RefreshTokenReused,
    SessionRevoked,
    TokenExpired,
    TokenInvalid,
)
from domain.session.events import EndReason, SessionsEnded
from tests.world import OPERATOR, World


async def refresh(here: World, token: str) -> TokenPair:
    return await here.do.refresh_session(RefreshSession(refresh_token=token))


@pytest.fixture
async def first(here: World) -> str:
    tokens = (await here.register()).tokens
    assert tokens is not None
    return tokens.refresh_token


async def test_a_refresh_gives_another_pair_of_the_same_session(here: World, first: str) -> None:
    pair = await refresh(here, first)

    assert pair.refresh_token != first
    account = await here.do.authenticate(Authenticate(access_token=pair.access_token))
    assert account.session_id == pair.session_id


async def test_an_exchanged_token_gives_siblings_within_the_grace(here: World, first: str) -> None:
    await refresh(here, first)
    here.clock.advance(timedelta(seconds=9.999))

    sibling = await refresh(here, first)

    await refresh(here, sibling.refresh_token)


async def test_thirty_at_once_succeed_and_every_token_works(here: World, first: str) -> None:
    pairs = await asyncio.gather(*(refresh(here, first) for _ in range(30)))

    again = await asyncio.gather(*(refresh(here, pair.refresh_token) for pair in pairs))

    assert len({pair.refresh_token for pair in [*pairs, *again]}) == 60


async def test_a_token_of_a_generation_before_ends_the_session(here: World, first: str) -> None:
    newest = await refresh(here, (await refresh(here, first)).refresh_token)

    with pytest.raises(RefreshTokenReused):
        await refresh(here, first)

    with pytest.raises(SessionRevoked):
        await refresh(here, newest.refresh_token)
    with pytest.raises(SessionRevoked):
        await here.do.authenticate(Authenticate(access_token=newest.access_token))
    assert isinstance(here.events[-1], SessionsEnded)
    assert here.events[-1].reason is EndReason.REUSED


async def authenticate(here: World, pair: TokenPair) -> Account:
    return await here.do.authenticate(Authenticate(access_token=pair.access_token))


async def test_a_refresh_whose_answer_was_lost_can_be_repeated_after_the_grace(
    here: World, first: str
) -> None:
    lost = await refresh(here, first)
    await authenticate(here, lost)
    here.clock.advance(timedelta(seconds=11))

    again = await refresh(here, first)

    await authenticate(here, again)
    # The process trusts no answer from before, not for a second.
    with pytest.raises(TokenInvalid):
        await authenticate(here, lost)
    await refresh(here, again.refresh_token)
    with pytest.raises(TokenInvalid):
        await authenticate(here, lost)


async def test_the_access_token_in_hand_outlives_a_lost_answer(here: World) -> None:
    pair = (await here.register()).tokens
    assert pair is not None
    await refresh(here, pair.refresh_token)
    here.clock.advance(timedelta(seconds=11))

    await refresh(here, pair.refresh_token)

    await authenticate(here, pair)


async def test_an_access_token_from_before_generations_works_on(here: World, first: str) -> None:
    pair = await refresh(here, first)
    here.clock.advance(timedelta(seconds=11))
    await refresh(here, first)
    tokens, now = here.container.tokens(), here.clock.now()
    claims = await tokens.verify(pair.access_token, now)
    old = await tokens.sign(replace(claims, generation=None))

    assert (await authenticate(here, replace(pair, access_token=old))).session_id == pair.session_id


async def test_no_access_token_promises_more_than_its_session_has(here: World, first: str) -> None:
    token = first
    for _ in range(3):
        here.clock.advance(timedelta(days=29, hours=23))
        pair = await refresh(here, token)
        token = pair.refresh_token
    here.clock.advance(timedelta(hours=2, minutes=55))

    pair = await refresh(here, token)

    assert pair.expires_in == 300
    here.clock.advance(timedelta(seconds=300))
    with pytest.raises(SessionRevoked):
        await authenticate(here, pair)
    with pytest.raises(TokenExpired):
        await refresh(here, pair.refresh_token)


async def test_a_generation_has_at_most_64_tokens(here: World, first: str) -> None:
    newest = [await refresh(here, first) for _ in range(64)][-1]

    with pytest.raises(TokenInvalid):
        await refresh(here, first)

    await refresh(here, newest.refresh_token)


async def test_a_token_expires_unused(here: World, first: str) -> None:
    here.clock.advance(timedelta(days=30))

    with pytest.raises(TokenExpired):
        await refresh(here, first)


async def test_each_use_prolongs_the_session(here: World, first: str) -> None:
    token = first
    for _ in range(3):
        here.clock.advance(timedelta(days=29))
        token = (await refresh(here, token)).refresh_token

    user = await here.log_in()
    listed = await here.do.list_sessions(ListSessions(actor=OPERATOR, user_id=user.user.id))
    assert len(listed.items) == 2


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "A" * 44, "\0" * 43, "é" * 43, "\ud800"])
async def test_what_we_never_issued_is_invalid(here: World, first: str, token: str) -> None:
    with pytest.raises(TokenInvalid):
        await refresh(here, token)


async def test_an_attacker_and_the_owner_cannot_both_go_on(here: World, first: str) -> None:
    """RFC 9700 §4.14.2: whoever comes second with a stolen token gives the theft away."""
    stolen = (await refresh(here, first)).refresh_token
    thief = await refresh(here, stolen)
    here.clock.advance(timedelta(minutes=15))
    owner = await refresh(here, stolen)
    here.clock.advance(timedelta(minutes=15))

    outcomes: list[type[DomainError]] = []
    for token in (thief.refresh_token, owner.refresh_token):
        with pytest.raises(DomainError) as caught:
            await refresh(here, token)
        outcomes.append(type(caught.value))

    assert outcomes == [RefreshTokenReused, SessionRevoked]
