"""What becomes of sessions when many act at once, on every database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from adapters.migrations import runner
from application.session.authenticate import Authenticate
from application.session.refresh_session import RefreshSession
from application.session.session_opener import TokenPair
from application.settings import DatabaseSettings
from domain.session.errors import SessionRevoked, TokenInvalid
from domain.session.events import EndReason, SessionsEnded
from tests.integration.migrations.snapshots import change, rows_of
from tests.unit.entrypoints.http.browser.browsing import ACCESS, REFRESH, Browser, client_of
from tests.world import PASSWORD, SETTINGS, World, settings_with, world

LIMIT = 5
NEW_PASSWORD = "Another-Horse-2"


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def here(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    url = "memory://"
    if request.param != "memory":
        url = request.getfixturevalue(f"migrated_{request.param}_url")
    settings = settings_with(
        database=DatabaseSettings(url=url, is_default=False),
        tokens=replace(SETTINGS.tokens, sessions_per_user=LIMIT),
    )
    async with world(settings) as running:
        yield running


async def refresh(here: World, token: str) -> TokenPair:
    return await here.do.refresh_session(RefreshSession(refresh_token=token))


async def is_live(here: World, pair: TokenPair) -> bool:
    try:
        await here.do.authenticate(Authenticate(access_token=pair.access_token))
    except SessionRevoked:
        return False
    return True


async def test_two_requests_in_flight_when_an_outage_begins_both_come_back(here: World) -> None:
    await here.register()
    token = (await here.log_in()).tokens.refresh_token
    lost = await asyncio.gather(refresh(here, token), refresh(here, token))
    await here.do.authenticate(Authenticate(access_token=lost[0].access_token))
    here.clock.advance(timedelta(seconds=15))

    again = await asyncio.gather(refresh(here, token), refresh(here, token))

    for pair in again:
        assert await is_live(here, pair)
        await refresh(here, pair.refresh_token)
    for pair in lost:
        with pytest.raises(TokenInvalid):
            await here.do.authenticate(Authenticate(access_token=pair.access_token))


@pytest.mark.parametrize("waits", [timedelta(seconds=3), timedelta(minutes=3)])
@pytest.mark.parametrize("here", ["sqlite", "postgres"], indirect=True)
async def test_a_session_that_an_older_release_wrote_goes_on(here: World, waits: timedelta) -> None:
    await here.register()
    token = (await here.log_in()).tokens.refresh_token
    lost = await refresh(here, token)
    change(
        here.container.settings().database.url,
        "UPDATE sessions SET began_at = NULL, mode = NULL, network = NULL",
    )
    here.clock.advance(waits)

    again = await refresh(here, token)

    assert await is_live(here, again)
    await refresh(here, again.refresh_token)
    if waits < SETTINGS.tokens.refresh_grace:
        assert await is_live(here, lost)


async def test_of_many_log_ins_at_once_no_more_than_the_limit_stay(here: World) -> None:
    await here.register()
    before = (await here.log_in()).tokens
    assert await is_live(here, before)
    here.clock.advance(timedelta(seconds=1))

    opened = await asyncio.gather(*(here.log_in() for _ in range(20)))

    user = opened[0].user.id
    live = {*await here.live_sessions(user)}
    assert len(live) == LIMIT
    assert live <= {each.tokens.session_id for each in opened}
    # No answer from a moment ago is trusted.
    assert not await is_live(here, before)
    ended = [event for event in here.events if isinstance(event, SessionsEnded)]
    assert {event.reason for event in ended} == {EndReason.SESSION_LIMIT}
    assert sum(len(event.session_ids) for event in ended) == 22 - LIMIT


@pytest.mark.parametrize("here", ["sqlite", "postgres"], indirect=True)
async def test_the_release_before_can_read_what_ended_a_session(here: World) -> None:
    await here.register()
    for _ in range(LIMIT + 1):
        await here.log_in()
    url = here.container.settings().database.url

    runner.downgrade(url, "0003")

    ended = "SELECT DISTINCT end_reason FROM sessions WHERE ended_at IS NOT NULL"
    assert rows_of(url, ended) == [("revoked",)]


async def test_whoever_copied_a_token_is_out_when_the_password_changes(here: World) -> None:
    await here.register()
    async with client_of(here) as client:
        tokens = await _data(client.post("/api/v1/auth/login", json=_log_in()))
        client.headers["Authorization"] = f"Bearer {tokens['token']}"

        changed = await _data(client.put("/api/v1/users/me/password", json=_change()))

        assert changed["sessions_ended"] == 2
        assert set(changed) == {
            "sessions_ended",
            "token",
            "token_type",
            "expires_in",
            "refresh_token",
        }
        assert (await client.get("/api/v1/users/me")).status_code == 401
        client.headers["Authorization"] = f"Bearer {changed['token']}"
        assert (await client.get("/api/v1/users/me")).status_code == 200
        stolen = {"refresh_token": tokens["refresh_token"]}
        refused = await client.post("/api/v1/auth/refresh", json=stolen)
        assert refused.json()["data"]["code"] == SessionRevoked.code
        mine = {"refresh_token": changed["refresh_token"]}
        assert (await client.post("/api/v1/auth/refresh", json=mine)).status_code == 200


async def test_whoever_copied_a_cookie_is_out_when_the_password_changes(here: World) -> None:
    await here.register()
    async with client_of(here) as client:
        ann = Browser(client)
        await ann.enter()
        stolen = {name: client.cookies[name] for name in (ACCESS, REFRESH)}
        stolen_by = ann.where(csrf=ann.csrf, more={"Cookie": f"{REFRESH}={stolen[REFRESH]}"})

        changed = await _data(ann.send("PUT", "/users/me/password", json=_change()))

        assert set(changed) == {"sessions_ended", "expires_in"}
        assert all(client.cookies[name] != value for name, value in stolen.items())
        assert (await ann.get("/users/me")).status_code == 200
        ann.csrf = await ann.new_token()
        assert (await ann.post("/auth/refresh")).status_code == 200
        client.cookies.clear()
        refused = await stolen_by.post("/auth/refresh")
        assert refused.json()["data"]["code"] == SessionRevoked.code


def _log_in() -> dict[str, str]:
    return {"email": "ann@example.com", "password": PASSWORD}


def _change() -> dict[str, str]:
    return {"old_password": PASSWORD, "new_password": NEW_PASSWORD}


async def _data(sent: Awaitable[httpx.Response]) -> dict[str, object]:
    answer = await sent
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["data"])
