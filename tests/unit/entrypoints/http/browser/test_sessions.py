"""A session in cookies, from the log-in to the log-out."""

from datetime import timedelta

import httpx
import pytest

from application.settings import Environment
from domain.session.errors import SessionRevoked
from tests.unit.entrypoints.http.browser.browsing import (
    ACCESS,
    API,
    DEVICE,
    ORIGIN,
    REFRESH,
    Browser,
    client_of,
    set_cookies,
)
from tests.world import PASSWORD, World

BODY = {"email": "ann@example.com", "password": PASSWORD}


async def test_the_tokens_are_in_cookies_and_nowhere_else(browser: Browser) -> None:
    answer = await browser.log_in()

    assert set(answer.json()["data"]) == {"user", "expires_in"}
    assert set_cookies(answer) == {
        ACCESS: {"HttpOnly", "Secure", "SameSite=Strict", "Path=/", "Max-Age=900"},
        REFRESH: {
            *("HttpOnly", "Secure", "SameSite=Strict", "Path=/"),
            f"Max-Age={30 * 24 * 3600}",
        },
        DEVICE: {
            *("HttpOnly", "Secure", "SameSite=Strict", "Path=/"),
            f"Max-Age={400 * 24 * 3600}",
        },
    }
    for token in browser.client.cookies.values():
        assert token not in answer.text
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("mode", [{}, {"mode": "token"}])
async def test_other_log_ins_put_no_token_into_a_cookie(
    browser: Browser, mode: dict[str, str]
) -> None:
    answer = await browser.post("/auth/login", json=BODY | mode)

    assert {"token", "refresh_token"} <= set(answer.json()["data"])
    assert set(set_cookies(answer)) == {DEVICE}


async def test_a_mode_that_is_none_is_refused(browser: Browser) -> None:
    answer = await browser.post("/auth/login", json=BODY | {"mode": "cookies"})

    assert answer.status_code == 422
    assert answer.json()["data"]["errors"][0]["field"] == "mode"


@pytest.mark.parametrize("environment", list(Environment))
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_only_development_and_test_let_cookies_pass_without_tls(
    here: World, environment: Environment, scheme: str
) -> None:
    async with client_of(here, f"{scheme}://localhost:3000", environment) as client:
        answer = await Browser(client, f"{scheme}://localhost:3000").log_in()

    is_plain = scheme == "http" and environment in {"development", "test"}
    found = set_cookies(answer)
    plain = {"access", "refresh", "device"}
    assert set(found) == (plain if is_plain else {ACCESS, REFRESH, DEVICE})
    assert all(("Secure" in each) is not is_plain for each in found.values())


async def test_plain_cookies_work_over_plain_http_alone(here: World) -> None:
    url = "http://localhost:3000"
    async with client_of(here, url, Environment.TEST) as client:
        browser = Browser(client, url)
        await browser.enter()
        assert (await browser.rename()).status_code == 200
        token = client.cookies["access"]

        for name, base in ((ACCESS, url), ("access", "https://localhost:3000")):
            answer = await client.get(
                f"{base}{API}/users/me", headers={"Cookie": f"{name}={token}"}
            )
            assert answer.status_code == 401


async def test_every_guarded_route_takes_the_cookie(ann: Browser) -> None:
    assert (await ann.get("/users/me")).json()["data"]["user"]["email"] == "ann@example.com"
    assert (await ann.rename()).json()["data"]["user"]["name"] == "Ann Lee"
    sessions = (await ann.get("/users/me/sessions")).json()["data"]["sessions"]
    other = next(each for each in sessions if not each["is_current"])
    assert (await ann.send("DELETE", f"/users/me/sessions/{other['id']}")).status_code == 200
    change = {"old_password": PASSWORD, "new_password": "Other-Horse-2"}
    assert (await ann.send("PUT", "/users/me/password", json=change)).status_code == 200


async def test_a_csrf_token_is_another_one_each_time_and_is_not_kept(ann: Browser) -> None:
    answers = [await ann.get("/auth/csrf") for _ in range(3)]

    tokens = {answer.json()["data"]["csrf_token"] for answer in answers}
    assert len(tokens) == 3
    assert all(answer.json()["data"]["expires_in"] == 12 * 3600 for answer in answers)
    assert all(answer.headers["cache-control"] == "no-store" for answer in answers)
    for token in tokens:
        assert (await ann.where(csrf=token).rename()).status_code == 200


async def test_a_page_that_slept_refreshes_with_the_token_it_holds(
    here: World, ann: Browser
) -> None:
    before = dict(ann.client.cookies)
    here.clock.advance(timedelta(minutes=16))
    assert (await ann.rename()).json()["data"]["code"] == "AUTH_TOKEN_EXPIRED"

    answer = await ann.post("/auth/refresh")

    assert answer.json()["data"] == {"expires_in": 900}
    assert set(set_cookies(answer)) == {ACCESS, REFRESH}
    after = dict(ann.client.cookies)
    assert all(before[name] != after[name] for name in (ACCESS, REFRESH))
    assert (await ann.rename()).status_code == 200


async def test_who_comes_back_days_later_gets_a_token_by_the_other_cookie(
    here: World, ann: Browser
) -> None:
    here.clock.advance(timedelta(days=3))
    # By then the browser has dropped the other one.
    ann.client.cookies.delete(ACCESS)
    ann.csrf = await ann.new_token()

    assert (await ann.post("/auth/refresh", json={})).status_code == 200
    assert (await ann.rename()).status_code == 200


async def test_a_token_in_the_body_is_exchanged_whatever_cookies_there_are(
    here: World, ann: Browser
) -> None:
    mine = (await here.log_in()).tokens.refresh_token

    answer = await ann.where(origin=None, csrf=None).post(
        "/auth/refresh", json={"refresh_token": mine}
    )

    assert {"token", "refresh_token"} <= set(answer.json()["data"])
    assert "set-cookie" not in answer.headers


async def test_a_refresh_with_nothing_to_exchange_says_what_is_missing(browser: Browser) -> None:
    nothing = await browser.post("/auth/refresh")
    no_field = await browser.post("/auth/refresh", json={})

    assert (nothing.status_code, nothing.json()["data"]["code"]) == (401, "AUTH_UNAUTHORIZED")
    assert no_field.status_code == 422
    assert no_field.json()["data"]["errors"][0]["field"] == "refresh_token"


async def test_a_stolen_refresh_cookie_that_comes_back_ends_the_session(
    here: World, ann: Browser
) -> None:
    stolen = ann.client.cookies[REFRESH]
    for _ in range(2):
        await ann.post("/auth/refresh")
    here.clock.advance(timedelta(minutes=1))
    # httpx sends one Cookie header; the thief has nothing else.
    thief = ann.where(more={"Cookie": f"{REFRESH}={stolen}"})

    answer = await thief.post("/auth/refresh")

    assert answer.json()["data"]["code"] == "AUTH_REFRESH_REUSED"
    assert (await ann.rename()).json()["data"]["code"] == SessionRevoked.code


@pytest.mark.parametrize("path", ["/auth/logout", "/auth/logout-all"])
async def test_a_log_out_ends_the_session_and_takes_both_cookies(ann: Browser, path: str) -> None:
    kept = "; ".join(f"{name}={value}" for name, value in ann.client.cookies.items())

    answer = await ann.post(path)

    assert answer.status_code == 200
    found = set_cookies(answer)
    assert set(found) == {ACCESS, REFRESH}
    assert all({"Max-Age=0", "Secure"} <= each for each in found.values())
    assert all("Path=/" in each for each in found.values())
    assert set(ann.client.cookies) == {DEVICE}
    assert (await ann.get("/users/me")).json()["data"]["code"] == "AUTH_UNAUTHORIZED"
    again = await ann.where(more={"Cookie": kept}).rename()
    assert again.json()["data"]["code"] == SessionRevoked.code
    csrf = await ann.get("/auth/csrf", headers={"Cookie": kept})
    assert csrf.json()["data"]["code"] == SessionRevoked.code


async def test_closing_the_account_takes_both_cookies(ann: Browser) -> None:
    answer = await ann.send("DELETE", "/users/me", json={"password": PASSWORD})

    assert answer.status_code == 200
    found = set_cookies(answer)
    assert set(found) == {ACCESS, REFRESH}
    assert all({"Max-Age=0", "Secure"} <= each for each in found.values())
    assert set(ann.client.cookies) == {DEVICE}


class TestABearerCaller:
    """Is none of this: `Authorization` is sent by programs, never by a browser on its own."""

    @pytest.fixture
    async def bearer(self, here: World) -> dict[str, str]:
        return {"Authorization": f"Bearer {(await here.log_in()).tokens.access_token}"}

    async def test_needs_no_origin_and_no_csrf_token(
        self, browser: Browser, bearer: dict[str, str]
    ) -> None:
        program = browser.where(origin="https://evil.example", more=bearer)

        assert (await program.rename()).status_code == 200
        answer = await program.post("/auth/logout")
        assert (answer.status_code, answer.headers.get("set-cookie")) == (200, None)

    async def test_keeps_its_own_rules_when_cookies_come_too(
        self, ann: Browser, bearer: dict[str, str]
    ) -> None:
        program = ann.where(origin=None, csrf=None, more=bearer)

        assert (await program.rename()).status_code == 200
        for wrong in ("Bearer made.up.token", "Basic dTpw", ""):
            answer = await ann.where(more={"Authorization": wrong}).rename()
            assert answer.status_code == 401

    async def test_gets_no_csrf_token(self, ann: Browser, bearer: dict[str, str]) -> None:
        answer: httpx.Response = await ann.get("/auth/csrf", headers=bearer)

        assert (answer.status_code, answer.json()["data"]["code"]) == (400, "INVALID_INPUT")


async def test_without_a_session_there_is_no_csrf_token(browser: Browser) -> None:
    answer = await browser.get("/auth/csrf", headers={"Origin": ORIGIN})

    assert answer.json()["data"]["code"] == "AUTH_UNAUTHORIZED"
