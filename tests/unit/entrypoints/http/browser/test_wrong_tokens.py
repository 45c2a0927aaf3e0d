"""CSRF tokens that are not those of the session, or no longer."""

import base64
from datetime import timedelta

import pytest

from tests.unit.entrypoints.http.browser.browsing import API, ORIGIN, Browser, client_of, refused
from tests.world import World


async def test_a_csrf_token_of_another_session_is_worthless(here: World, ann: Browser) -> None:
    await here.register("eve@example.com")
    async with client_of(here) as client:
        eve = Browser(client)
        await eve.enter("eve@example.com")
    async with client_of(here) as client:
        other = Browser(client)
        await other.enter()

    for foreign in (eve, other):
        answer = await ann.where(csrf=foreign.csrf).rename()
        refused(answer, "not one of this session")
        refused(await ann.where(csrf=foreign.csrf).post("/auth/refresh"), "this session")


async def test_a_csrf_token_expires(here: World, ann: Browser) -> None:
    here.clock.advance(timedelta(hours=12) - timedelta(seconds=1))
    assert (await ann.post("/auth/refresh")).status_code == 200
    here.clock.advance(timedelta(seconds=1))

    refused(await ann.rename(), "expired")
    refused(await ann.post("/auth/refresh"), "expired")
    ann.csrf = await ann.new_token()
    assert (await ann.rename()).status_code == 200


async def test_a_csrf_token_with_any_part_changed_is_refused(ann: Browser) -> None:
    assert ann.csrf is not None
    raw = base64.urlsafe_b64decode(ann.csrf)
    for place in range(len(raw)):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        token = base64.urlsafe_b64encode(changed).decode()
        refused(await ann.where(csrf=token).rename(), "not one of this session")


@pytest.mark.parametrize("token", ["", "null", "a" * 80, "a" * 79, "=" * 80, "a" * 8_000])
async def test_a_csrf_token_that_is_none_is_refused(ann: Browser, token: str) -> None:
    refused(await ann.where(csrf=token).rename(), "X-CSRF-Token")


async def test_a_csrf_token_that_came_twice_or_in_other_letters_is_refused(ann: Browser) -> None:
    assert ann.csrf is not None
    twice = [("Origin", ORIGIN), ("X-CSRF-Token", ann.csrf), ("X-CSRF-Token", ann.csrf)]
    odd = [(b"Origin", ORIGIN.encode()), (b"X-CSRF-Token", b"\xff" * 80)]

    refused(await ann.client.patch(f"{API}/users/me", json={}, headers=twice))
    refused(await ann.client.patch(f"{API}/users/me", json={}, headers=odd))


async def test_a_csrf_token_is_no_proof_of_a_session(browser: Browser, ann: Browser) -> None:
    answer = await ann.where(more={"Cookie": "a=b"}).rename()

    assert answer.json()["data"]["code"] == "AUTH_UNAUTHORIZED"


async def test_a_csrf_token_counts_in_its_header_alone(ann: Browser) -> None:
    page = ann.where(csrf=None)

    refused(await page.send("PATCH", f"/users/me?csrf_token={ann.csrf}", json={"name": "x"}))
    refused(await page.send("PATCH", "/users/me", json={"X-CSRF-Token": ann.csrf}))
