"""What other people's pages, and neighbours below the same domain, try with a victim's cookies."""

import httpx
import pytest

from tests.unit.entrypoints.http.browser.browsing import (
    ACCESS,
    API,
    DEVICE,
    ORIGIN,
    PARTNER,
    REFRESH,
    Browser,
    refused,
    set_cookies,
)
from tests.world import PASSWORD, World

FOREIGN = [
    "https://evil.example",
    "null",
    "http://id.example.org",
    "https://id.example.org:8443",
    "https://sub.id.example.org",
    "https://example.org",
    "https://id.example.org.evil.example",
    "https://id.example.orgevil.example",
    "https://evil.example/https://id.example.org",
    "https://id.example.org@evil.example",
    "https://id.example.org/",
    "https://id.example.org evil",
    "https://id.example.org, https://evil.example",
    "ftp://id.example.org",
    "https://",
    "*",
    "",
]
CHANGES = [
    ("POST", "/auth/refresh"),
    ("POST", "/auth/logout"),
    ("POST", "/auth/logout-all"),
    ("PATCH", "/users/me"),
    ("DELETE", "/users/me"),
    ("PUT", "/users/me/password"),
    ("DELETE", "/users/me/sessions/018f6b2e-7d1a-7c55-9f3e-2a6d5f0e9b41"),
    ("POST", "/users/018f6b2e-7d1a-7c55-9f3e-2a6d5f0e9b41/deactivate"),
    ("PUT", "/users/018f6b2e-7d1a-7c55-9f3e-2a6d5f0e9b41/roles/admin"),
]


async def test_no_change_goes_without_a_csrf_token(ann: Browser) -> None:
    for method, path in CHANGES:
        refused(await ann.where(csrf=None).send(method, path), "Send the X-CSRF-Token header")
        refused(await ann.where(origin="https://evil.example").send(method, path), "Origin")
    assert (await ann.get("/users/me")).status_code == 200


async def test_a_csrf_token_is_worth_nothing_on_a_foreign_page(ann: Browser) -> None:
    for origin in FOREIGN:
        refused(await ann.where(origin=origin).rename(), "The Origin header")


@pytest.mark.parametrize(
    "site", ["cross-site", "same-site", "none", "", "same-origin, same-origin"]
)
@pytest.mark.parametrize("origin", [None, ORIGIN])
async def test_a_neighbour_or_a_stranger_is_told_by_sec_fetch_site(
    ann: Browser, origin: str | None, site: str
) -> None:
    answer = await ann.where(origin=origin, more={"Sec-Fetch-Site": site}).rename()

    refused(answer, "The Sec-Fetch-Site header")


async def test_one_of_the_two_headers_has_to_come(ann: Browser) -> None:
    silent = ann.where(origin=None)

    refused(await silent.rename(), "Send an Origin or a Sec-Fetch-Site header")
    assert (await silent.where(more={"Sec-Fetch-Site": "same-origin"}).rename()).status_code == 200


async def test_a_good_site_does_not_make_up_for_a_foreign_origin(ann: Browser) -> None:
    page = ann.where(origin="https://evil.example", more={"Sec-Fetch-Site": "same-origin"})

    refused(await page.rename())


@pytest.mark.parametrize("site", [{}, {"Sec-Fetch-Site": "same-site"}])
async def test_an_origin_on_the_list_is_one_of_us(ann: Browser, site: dict[str, str]) -> None:
    assert (await ann.where(origin=PARTNER, more=site).rename()).status_code == 200
    refused(await ann.where(origin=PARTNER + ":8443", more=site).rename())


async def test_two_origins_or_two_hosts_are_none(ann: Browser) -> None:
    token = ("X-CSRF-Token", ann.csrf or "")
    two = [token, ("Origin", ORIGIN), ("Origin", ORIGIN)]
    hosts = [token, ("Origin", ORIGIN), ("Host", "id.example.org"), ("Host", "id.example.org")]

    refused(await ann.client.patch(f"{API}/users/me", json={"name": "x"}, headers=two))
    answer = await ann.client.patch(f"{API}/users/me", json={"name": "x"}, headers=hosts)
    assert answer.status_code == 400, "no layer further in sees two hosts"


@pytest.mark.parametrize("host", ["evil.example", "id.example.org:8443"])
async def test_our_own_origin_is_where_the_request_went(ann: Browser, host: str) -> None:
    refused(await ann.where(more={"Host": host}).rename(), "The Origin header")


@pytest.mark.parametrize("host", ["ID.example.org", "id.example.org:443"])
async def test_case_and_the_default_port_make_no_other_host(ann: Browser, host: str) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in ann.client.cookies.items())

    assert (await ann.where(more={"Host": host, "Cookie": cookie}).rename()).status_code == 200


@pytest.mark.parametrize(
    "name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"]
)
async def test_no_header_turns_one_method_into_another(ann: Browser, name: str) -> None:
    await ann.get("/users/me", headers={name: "DELETE"})
    refused(await ann.where(csrf=None, more={name: "GET"}).post("/auth/logout"))

    assert (await ann.get("/users/me")).status_code == 200


class TestTheLogIn:
    """Who is logged in to an attacker's account tells it their secrets (login CSRF)."""

    async def test_is_refused_on_a_foreign_page(self, browser: Browser) -> None:
        for origin in FOREIGN:
            answer = await browser.where(origin=origin).log_in()
            refused(answer, "The Origin header")
            assert "set-cookie" not in answer.headers

    @pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
    async def test_is_refused_when_a_browser_says_so(self, browser: Browser, site: str) -> None:
        page = browser.where(origin=None, more={"Sec-Fetch-Site": site})

        refused(await page.log_in(), "The Sec-Fetch-Site header")

    @pytest.mark.parametrize("origin", [None, ORIGIN, PARTNER])
    async def test_is_fine_for_our_pages_and_for_programs(
        self, browser: Browser, origin: str | None
    ) -> None:
        assert (await browser.where(origin=origin).log_in()).status_code == 200

    async def test_gives_another_session_than_whatever_was_there(self, ann: Browser) -> None:
        planted = dict(ann.client.cookies)
        await ann.log_in()

        assert all(ann.client.cookies[name] != planted[name] for name in (ACCESS, REFRESH))
        refused(await ann.rename(), "not one of this session")

    async def test_without_cookies_asks_for_no_page(self, browser: Browser) -> None:
        body = {"email": "ann@example.com", "password": PASSWORD}

        answer = await browser.where(origin="https://evil.example").post("/auth/login", json=body)

        assert (answer.status_code, set(set_cookies(answer))) == (200, {DEVICE})


class TestAPlantedCookie:
    @pytest.fixture
    async def eve(self, here: World) -> str:
        await here.register("eve@example.com")
        return (await here.log_in("eve@example.com")).tokens.access_token

    async def test_beside_ours_makes_both_invalid(self, ann: Browser, eve: str) -> None:
        mine = ann.client.cookies[ACCESS]
        for cookies in (f"{ACCESS}={mine}; {ACCESS}={eve}", f"{ACCESS}={eve}; {ACCESS}={mine}"):
            answer = await ann.get("/users/me", headers={"Cookie": cookies})
            assert answer.json()["data"]["code"] == "AUTH_TOKEN_INVALID"
            assert "more than once" in answer.json()["data"]["message"]

    async def test_in_a_header_of_its_own_is_beside_ours_too(self, ann: Browser, eve: str) -> None:
        mine = ann.client.cookies[ACCESS]
        headers = [("Cookie", f"{ACCESS}={mine}"), ("Cookie", f"{ACCESS}={eve}")]

        answer = await ann.get("/users/me", headers=headers)

        assert answer.json()["data"]["code"] == "AUTH_TOKEN_INVALID"

    @pytest.mark.parametrize("name", ["access", "__host-access", f"{ACCESS} ", "__Secure-access"])
    async def test_under_a_name_that_looks_like_ours_is_none(
        self, ann: Browser, eve: str, name: str
    ) -> None:
        answer = await ann.get("/users/me", headers={"Cookie": f"{name}={eve}"})

        assert answer.json()["data"]["code"] == "AUTH_UNAUTHORIZED"

    async def test_of_a_refresh_token_counts_for_neither_route(self, ann: Browser) -> None:
        mine = ann.client.cookies[REFRESH]
        two = {"Cookie": f"{REFRESH}={mine}; {REFRESH}={'a' * 43}"}

        for answer in (
            await ann.where(more=two).post("/auth/refresh"),
            await ann.get("/auth/csrf", headers=two),
        ):
            assert answer.json()["data"]["code"] == "AUTH_TOKEN_INVALID"


async def test_cookies_are_no_credentials_where_none_are_asked(ann: Browser) -> None:
    answer: httpx.Response = await ann.where(origin="https://evil.example").post(
        "/auth/register", json={"email": "new@example.com", "password": PASSWORD}
    )

    assert (answer.status_code, set(set_cookies(answer))) == (201, {DEVICE})
