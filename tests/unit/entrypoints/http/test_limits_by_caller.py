import pytest

from application.ports.rate_limiter import Limit
from tests.unit.entrypoints.http.limited import LOGIN, ME, TOO_MANY, WRONG, open_scene, scene
from tests.world import PASSWORD


async def test_a_user_is_limited_from_wherever_they_call() -> None:
    async with scene(api_user=Limit(2, 60)) as here:
        ann, bob = await here.token(), await here.token("bob@example.com")

        seen = [
            (await here.send("GET", ME, address=f"192.0.2.{number}", headers=ann)).status_code
            for number in range(4)
        ]

        assert seen == [200, 200, 429, 429]
        assert await here.statuses(1, "GET", ME, headers=bob) == [200]


async def test_what_a_user_is_refused_does_not_cost_their_address() -> None:
    async with scene(api=Limit(4, 60), api_user=Limit(1, 60)) as here:
        ann, bob = await here.token(), await here.token("bob@example.com")

        assert await here.statuses(9, "GET", ME, headers=ann) == [200] + [429] * 8
        assert (
            (await here.send("GET", ME, headers=bob)).headers["RateLimit"].startswith('"api";r=2;')
        )


@pytest.mark.parametrize(
    ("one", "same", "other"),
    [
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:2::1"),
        ("::ffff:192.0.2.1", "192.0.2.1", "::ffff:192.0.2.2"),
        ("192.0.2.1", "192.0.2.1", "192.0.2.2"),
    ],
)
async def test_an_address_stands_for_who_can_have_it(one: str, same: str, other: str) -> None:
    async with open_scene(api=1) as here:
        assert await here.statuses(1, "GET", "/nowhere", address=one) == [404]
        assert await here.statuses(1, "GET", "/nowhere", address=same) == [429]
        assert await here.statuses(1, "GET", "/nowhere", address=other) == [404]


async def test_headers_that_claim_another_address_change_nothing() -> None:
    async with open_scene(api=2) as here:
        claims = [
            {"X-Forwarded-For": "203.0.113.9"},
            {"Forwarded": "for=203.0.113.10"},
            {"X-Real-IP": "203.0.113.11"},
            {"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1"},
        ]

        seen = [(await here.send("GET", "/nowhere", headers=claim)).status_code for claim in claims]

        assert seen == [404, 404, 429, 429]


async def test_an_address_has_ten_wrong_passwords_and_right_ones_are_free() -> None:
    right = WRONG | {"password": PASSWORD}
    async with scene() as here:
        await here.token()
        assert await here.statuses(8, "POST", LOGIN, json=WRONG) == [401] * 8
        assert await here.statuses(20, "POST", LOGIN, json=right) == [200] * 20
        unknown = WRONG | {"email": "nobody@example.com"}
        assert await here.statuses(3, "POST", LOGIN, json=unknown) == [401, 401, 429]

        refused = await here.send("POST", LOGIN, json=right)

        assert refused.status_code == 429
        assert refused.headers["RateLimit"] == '"login";r=0;t=900, "api";r=68;t=60'
        assert await here.statuses(1, "POST", LOGIN, json=right, address="192.0.2.2") == [200]


async def test_sign_up_has_five_and_the_rest_is_not_touched() -> None:
    async with scene() as here:
        signed_up = [
            await here.send(
                "POST",
                "/api/v1/auth/register",
                json={"email": f"{number}@example.com", "password": PASSWORD},
            )
            for number in range(6)
        ]

        assert [answer.status_code for answer in signed_up] == [201] * 5 + [429]
        assert signed_up[0].headers["RateLimit-Policy"] == '"register";q=5;w=900'
        assert signed_up[0].headers["RateLimit"] == '"register";r=4;t=900'
        assert (await here.send("GET", "/nowhere")).headers["RateLimit"] == '"api";r=99;t=60'


async def test_a_network_that_is_refused_is_told_until_when_and_sessions_go_on() -> None:
    async with scene(login_account=Limit(2, 900), login_network=Limit(1, 600)) as here:
        headers = await here.token()
        far = "203.0.113.1"
        assert await here.statuses(3, "POST", LOGIN, json=WRONG, address=far) == [401] * 3
        right = WRONG | {"password": PASSWORD}

        answer = await here.send("POST", LOGIN, json=right, address="203.0.113.2")

        assert answer.status_code == 429
        assert answer.json()["data"]["code"] == TOO_MANY
        assert answer.headers["Retry-After"] == "600"
        assert answer.headers["RateLimit"] == (
            '"login-network";r=0;t=600, "login-global";r=997;t=60, "api";r=99;t=60'
        )
        assert await here.statuses(1, "GET", ME, headers=headers) == [200]
        assert await here.statuses(1, "POST", LOGIN, json=right, address="198.51.100.1") == [200]
