from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from application.actor import Account, Actor
from application.audit.list_audit import ListAudit
from application.errors import InvalidInput
from application.ports.access_tokens import AccessClaims
from application.session.authenticate import Authenticate
from application.session.list_sessions import ListSessions
from application.session.log_out import LogOut
from application.session.log_out_everywhere import LogOutEverywhere
from application.session.refresh_session import RefreshSession
from application.session.revoke_session import RevokeSession
from application.session.session_opener import TokenPair
from domain.errors import Forbidden, ValidationFailed
from domain.session.errors import SessionNotFound, SessionRevoked, TokenExpired, TokenInvalid
from tests.world import OPERATOR, SETTINGS, World, settings_with, world


async def authenticate(here: World, tokens: TokenPair) -> Account:
    return await here.do.authenticate(Authenticate(access_token=tokens.access_token))


async def listed(here: World, actor: Actor, user_id: UUID, limit: int = 100) -> list[UUID]:
    """Give the ids of the live sessions, page by page."""
    found: list[UUID] = []
    query = ListSessions(actor=actor, user_id=user_id, limit=limit)
    while True:
        page = await here.do.list_sessions(query)
        found += [session.id for session in page.items]
        if page.next_cursor is None:
            return found
        query = replace(query, cursor=page.next_cursor)


async def test_sessions_are_listed_page_by_page(here: World) -> None:
    account = await here.actor()
    opened = [(await here.log_in()).tokens.session_id for _ in range(4)]

    for limit in (1, 2, 3, 5, 6):
        ids = await listed(here, account, account.user_id, limit)
        assert ids == [*opened[::-1], account.session_id], limit


@pytest.mark.parametrize("limit", [0, 101])
async def test_a_page_of_sessions_has_bounds(here: World, limit: int) -> None:
    account = await here.actor()

    with pytest.raises(ValidationFailed):
        await listed(here, account, account.user_id, limit)


async def test_a_cursor_of_somebody_else_s_sessions_is_none(here: World) -> None:
    ann, bob = await here.actor(), await here.actor("bob@example.com")
    await here.log_in()
    query = ListSessions(actor=ann, user_id=ann.user_id, limit=1)
    cursor = (await here.do.list_sessions(query)).next_cursor

    with pytest.raises(InvalidInput):
        await here.do.list_sessions(ListSessions(actor=bob, user_id=bob.user_id, cursor=cursor))


async def test_one_session_too_many_ends_the_one_unused_for_longest() -> None:
    tokens = replace(SETTINGS.tokens, sessions_per_user=3)
    async with world(settings_with(tokens=tokens)) as here:
        account = await here.actor()
        first = (await here.log_in()).tokens
        second = (await here.log_in()).tokens
        here.clock.advance(timedelta(minutes=1))
        await here.do.refresh_session(RefreshSession(refresh_token=first.refresh_token))
        await authenticate(here, second)
        # The one that signed up and `second` are equally old; ids decide.
        await here.do.log_out(LogOut(actor=account))
        third = (await here.log_in()).tokens

        fourth = (await here.log_in()).tokens

        for live in (first, third, fourth):
            await authenticate(here, live)
        with pytest.raises(SessionRevoked):
            await authenticate(here, second)
        with pytest.raises(SessionRevoked):
            await here.do.refresh_session(RefreshSession(refresh_token=second.refresh_token))
        trail = (await here.do.list_audit(ListAudit(actor=OPERATOR))).items
        (ended,) = [entry for entry in trail if entry.details.get("reason") == "session_limit"]
        assert (ended.type, ended.actor_id) == ("session.ended", account.user_id)
        assert ended.details["session_id"] == str(second.session_id)


async def test_a_log_out_stops_both_tokens_at_once(here: World) -> None:
    tokens = (await here.register()).tokens
    assert tokens is not None
    account = await authenticate(here, tokens)

    await here.do.log_out(LogOut(actor=account))

    with pytest.raises(SessionRevoked):
        await authenticate(here, tokens)
    with pytest.raises(SessionRevoked):
        await here.do.refresh_session(RefreshSession(refresh_token=tokens.refresh_token))


async def test_a_log_out_leaves_other_sessions_alone(here: World) -> None:
    account = await here.actor()
    other = (await here.log_in()).tokens

    await here.do.log_out(LogOut(actor=account))

    assert (await authenticate(here, other)).session_id == other.session_id


async def test_logging_out_everywhere_ends_all_and_counts_them(here: World) -> None:
    account = await here.actor()
    others = [(await here.log_in()).tokens for _ in range(2)]
    for tokens in others:
        await authenticate(here, tokens)

    ended = await here.do.log_out_everywhere(
        LogOutEverywhere(actor=account, user_id=account.user_id)
    )

    assert ended == 3
    for tokens in others:
        with pytest.raises(SessionRevoked):
            await authenticate(here, tokens)


async def test_sessions_are_listed_newest_first_without_the_ended(here: World) -> None:
    account = await here.actor()
    here.clock.advance(timedelta(minutes=1))
    second = (await here.log_in()).tokens
    here.clock.advance(timedelta(minutes=1))
    third = (await here.log_in()).tokens
    await here.do.revoke_session(
        RevokeSession(actor=account, user_id=account.user_id, session_id=second.session_id)
    )

    ids = await listed(here, account, account.user_id)
    assert ids == [third.session_id, account.session_id]


async def test_a_revoked_session_stops_at_once(here: World) -> None:
    account = await here.actor()
    other = (await here.log_in()).tokens
    await authenticate(here, other)

    await here.do.revoke_session(
        RevokeSession(actor=account, user_id=account.user_id, session_id=other.session_id)
    )

    with pytest.raises(SessionRevoked):
        await authenticate(here, other)


@pytest.mark.parametrize("end", ["log out", "expire"])
async def test_a_session_that_is_over_is_as_unknown_as_none(here: World, end: str) -> None:
    other = await here.actor()
    here.clock.advance(timedelta(days=29))
    account = (await here.log_in()).tokens
    actor = await authenticate(here, account)
    if end == "expire":
        here.clock.advance(timedelta(days=1))
    else:
        await here.do.log_out(LogOut(actor=other))

    with pytest.raises(SessionNotFound):
        await here.do.revoke_session(
            RevokeSession(actor=actor, user_id=actor.user_id, session_id=other.session_id)
        )


async def test_a_session_of_somebody_else_is_as_unknown_as_none(here: World) -> None:
    account = await here.actor()
    other = await here.actor("bob@example.com")

    for session_id in (other.session_id, uuid4()):
        with pytest.raises(SessionNotFound):
            await here.do.revoke_session(
                RevokeSession(actor=account, user_id=account.user_id, session_id=session_id)
            )

    assert await listed(here, other, other.user_id)


async def test_nobody_lists_or_ends_the_sessions_of_somebody_else(here: World) -> None:
    account = await here.actor()
    other = await here.actor("bob@example.com")

    with pytest.raises(Forbidden):
        await here.do.list_sessions(ListSessions(actor=account, user_id=other.user_id))
    with pytest.raises(Forbidden):
        await here.do.log_out_everywhere(LogOutEverywhere(actor=account, user_id=other.user_id))
    with pytest.raises(Forbidden):
        await here.do.revoke_session(
            RevokeSession(actor=account, user_id=other.user_id, session_id=other.session_id)
        )


async def test_an_operator_acts_for_everybody(here: World) -> None:
    account = await here.actor()

    assert await listed(here, OPERATOR, account.user_id)
    assert (
        await here.do.log_out_everywhere(LogOutEverywhere(actor=OPERATOR, user_id=account.user_id))
        == 1
    )


async def test_an_access_token_expires(here: World) -> None:
    tokens = (await here.register()).tokens
    assert tokens is not None
    here.clock.advance(timedelta(minutes=15, seconds=6))

    with pytest.raises(TokenExpired):
        await authenticate(here, tokens)


async def test_a_token_speaks_for_the_owner_of_its_session_only(here: World) -> None:
    ann = await here.actor()
    bob = await here.actor("bob@example.com")
    now = here.clock.now()
    claims = AccessClaims(
        user_id=ann.user_id,
        session_id=ann.session_id,
        token_id=uuid4(),
        issued_at=now,
        expires_at=now + timedelta(minutes=1),
    )
    sign = here.container.tokens().sign
    own, strange = await sign(claims), await sign(replace(claims, user_id=bob.user_id))

    assert await here.do.authenticate(Authenticate(access_token=own)) == ann
    with pytest.raises(SessionRevoked):
        await here.do.authenticate(Authenticate(access_token=strange))


async def test_a_refresh_token_is_no_access_token(here: World) -> None:
    tokens = (await here.register()).tokens
    assert tokens is not None

    with pytest.raises(TokenInvalid):
        await here.do.authenticate(Authenticate(access_token=tokens.refresh_token))
