"""A token works only in the mode that its session was opened in (session fixation by cookies)."""

import httpx
import pytest

from application.ports.session_repository import SESSIONS
from domain.session.refresh_token import RefreshSecret
from domain.session.session import MAX_SIBLINGS
from tests.unit.entrypoints.http.browser.browsing import (
    ACCESS,
    FORMER,
    REFRESH,
    Browser,
    client_of,
    set_cookies,
)
from tests.world import PASSWORD, World

INVALID = "AUTH_TOKEN_INVALID"


async def tokens_of(browser: Browser) -> dict[str, str]:
    """Log in as a program does, and give the tokens."""
    body = {"email": "ann@example.com", "password": PASSWORD}
    data: dict[str, str] = (await browser.post("/auth/login", json=body)).json()["data"]
    return data


def cleared(answer: httpx.Response) -> set[str]:
    return {name for name, each in set_cookies(answer).items() if "Max-Age=0" in each}


async def test_a_planted_refresh_token_is_refused_and_its_cookie_cleared(browser: Browser) -> None:
    planted = (await tokens_of(browser))["refresh_token"]
    page = browser.where(more={"Cookie": f"{REFRESH}={planted}"})

    refresh = await page.post("/auth/refresh")
    csrf = await page.get("/auth/csrf", headers=page.more)
    for answer in (refresh, csrf):
        assert answer.status_code == 401
        assert answer.json()["data"]["code"] == INVALID
        assert REFRESH in cleared(answer)
    # It was no theft: the session that it belongs to goes on.
    assert (await browser.post("/auth/refresh", json={"refresh_token": planted})).status_code == 200


async def test_a_planted_access_token_is_refused_and_its_cookie_cleared(browser: Browser) -> None:
    planted = (await tokens_of(browser))["token"]

    answer = await browser.get("/users/me", headers={"Cookie": f"{ACCESS}={planted}"})

    assert answer.json()["data"]["code"] == INVALID
    assert ACCESS in cleared(answer)
    bearer = {"Authorization": f"Bearer {planted}"}
    assert (await browser.get("/users/me", headers=bearer)).status_code == 200


async def test_tokens_of_cookies_are_refused_outside_of_them(ann: Browser) -> None:
    access, refresh = (ann.client.cookies[name] for name in (ACCESS, REFRESH))

    bearer = await ann.get("/users/me", headers={"Authorization": f"Bearer {access}"})
    body = await ann.post("/auth/refresh", json={"refresh_token": refresh})

    assert [each.json()["data"]["code"] for each in (bearer, body)] == [INVALID, INVALID]
    assert (await ann.post("/auth/refresh")).status_code == 200


async def test_a_planted_access_cookie_beside_a_good_refresh_cookie_is_cleared(
    browser: Browser, ann: Browser
) -> None:
    planted = (await tokens_of(browser.where(client=ann.client)))["token"]
    refresh = ann.client.cookies[REFRESH]

    cookies = f"{ACCESS}={planted}; {REFRESH}={refresh}"
    answer = await ann.get("/auth/csrf", headers={"Cookie": cookies})

    assert answer.status_code == 200
    assert cleared(answer) == {ACCESS}


async def test_an_access_cookie_with_a_bad_signature_is_cleared(ann: Browser) -> None:
    head, _, _ = ann.client.cookies[ACCESS].rpartition(".")

    answer = await ann.get("/users/me", headers={"Cookie": f"{ACCESS}={head}.{'A' * 43}"})

    assert answer.json()["data"]["code"] == INVALID
    assert cleared(answer) == {ACCESS}


async def test_a_late_answer_of_an_ended_session_clears_no_newer_cookie(ann: Browser) -> None:
    old = ann.client.cookies[ACCESS]
    await ann.post("/auth/logout")

    answer = await ann.get("/users/me", headers={"Cookie": f"{ACCESS}={old}"})

    assert answer.json()["data"]["code"] == "AUTH_SESSION_REVOKED"
    assert not cleared(answer)


@pytest.mark.parametrize("name", [ACCESS, REFRESH])
async def test_two_cookies_of_a_name_are_none_and_are_cleared(ann: Browser, name: str) -> None:
    kept = ann.client.cookies[name]
    twice = ann.where(more={"Cookie": f"{name}={kept}; {name}=other"})

    answer = await twice.post("/auth/refresh" if name == REFRESH else "/auth/logout")

    assert answer.json()["data"]["code"] == INVALID
    assert name in cleared(answer)


async def test_a_planted_access_token_gets_no_csrf_token_and_its_cookie_is_cleared(
    browser: Browser,
) -> None:
    planted = (await tokens_of(browser))["token"]

    answer = await browser.get("/auth/csrf", headers={"Cookie": f"{ACCESS}={planted}"})

    assert answer.json()["data"]["code"] == INVALID
    assert ACCESS in cleared(answer)


async def test_a_token_exchanged_too_often_does_not_clear_the_newer_one(ann: Browser) -> None:
    page = ann.where(more={"Cookie": f"{REFRESH}={ann.client.cookies[REFRESH]}"})
    # The first exchange rotates and gives one token of the next generation.
    for _ in range(MAX_SIBLINGS):
        assert (await page.post("/auth/refresh")).status_code == 200

    answer = await page.post("/auth/refresh")

    assert answer.json()["data"]["code"] == INVALID
    assert not cleared(answer)


@pytest.mark.parametrize("path", ["/auth/login", "/auth/refresh", "/auth/logout"])
async def test_the_cookie_of_an_earlier_release_is_cleared(ann: Browser, path: str) -> None:
    answer = await (ann.log_in() if path == "/auth/login" else ann.post(path))

    assert any(
        line.startswith(f"{FORMER}=") and "Max-Age=0" in line and "Path=/api/v1/auth" in line
        for line in answer.headers.get_list("set-cookie")
    )


@pytest.mark.usefixtures("browser")
async def test_a_session_from_before_there_were_modes_takes_that_of_its_next_use(
    here: World,
) -> None:
    async with client_of(here) as client:
        browser = Browser(client)
        token = (await tokens_of(browser))["refresh_token"]
        async with here.container.unit_of_work()() as uow:
            found = await uow.repository(SESSIONS).find_by_token(_digest(token))
            assert found is not None
            found[0].mode = None
            await uow.repository(SESSIONS).save(found[0])
            await uow.commit()

        rotated = await browser.post("/auth/refresh", json={"refresh_token": token})
        newest = rotated.json()["data"]["refresh_token"]

        page = browser.where(more={"Cookie": f"{REFRESH}={newest}"})
        assert (await page.post("/auth/refresh")).json()["data"]["code"] == INVALID


def _digest(token: str) -> bytes:
    return RefreshSecret.parse(token).digest
