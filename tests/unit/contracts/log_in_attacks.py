"""Attacks on log-ins, with requests at the same time, whatever counts them.

A subclass gives `site`: the service as one or more processes, which share a limiter.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count, cycle
from typing import Any, cast

import httpx

from adapters.memory.hasher import PlainHasher
from application.limits.groups import DEFAULTS, Limits
from application.ports.rate_limiter import RateLimiter
from application.settings import LimitSettings
from domain.user.password import Password
from entrypoints.http.app import create_app
from entrypoints.http.cookies.sessions import CookieSessions
from tests.storage import Shared
from tests.world import PASSWORD, World, settings_with, world

LOGIN = "/api/v1/auth/login"
ANN, WRONG = "ann@example.com", "Wrong-Horse-1"
OFFICE, CAFE = "198.51.100.7", "192.0.2.9"
"""Where Ann has been before, and where nobody has."""


class BusyHasher(PlainHasher):
    """Takes its turns, so that checks overlap, and counts them."""

    def __init__(self) -> None:
        super().__init__()
        self.checked = 0
        self.at_once = 0
        self.most = 0

    async def verify(self, password: Password, stored: str | None) -> bool:
        self.checked += 1
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            for _ in range(5):
                await asyncio.sleep(0)
            return await super().verify(password, stored)
        finally:
            self.at_once -= 1


class Site:
    """The service as several processes on one database, each called in turn."""

    def __init__(self, worlds: Sequence[World], limits: Limits, hasher: BusyHasher) -> None:
        self.worlds = worlds
        self.hasher = hasher
        settings = worlds[0].container.settings()
        self._apps = [
            create_app(each.do, rate_limits=limits, cookie_sessions=CookieSessions.of(settings))
            for each in worlds
        ]
        self._turn = count()

    async def send(self, method: str, path: str, address: str, **more: Any) -> httpx.Response:  # noqa: ANN401 - as httpx has it
        app = cast("Callable[..., Any]", self._apps[next(self._turn) % len(self._apps)])
        transport = httpx.ASGITransport(app, client=(address, 1), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, **more)

    async def log_in(
        self,
        address: str,
        email: str = ANN,
        password: str = PASSWORD,
        device: str | None = None,
    ) -> httpx.Response:
        headers = {} if device is None else {"Cookie": f"device={device}"}
        body = {"email": email, "password": password}
        return await self.send("POST", LOGIN, address, json=body, headers=headers)

    async def register(self, *emails: str) -> None:
        """Register from nowhere, so that no network is known."""
        for email in emails:
            await self.worlds[0].register(email)

    async def attack(self, addresses: Iterable[str], *emails: str, each: int = 1) -> Counter[int]:
        """Send `each` wrong passwords from every address, all at once; counts the statuses."""
        victims = emails or (ANN,)
        guesses = zip([*addresses] * each, cycle(victims), strict=False)
        answers = await asyncio.gather(
            *(self.log_in(address, victim, WRONG) for address, victim in guesses)
        )
        return Counter(answer.status_code for answer in answers)


def device_of(answer: httpx.Response) -> str:
    return answer.cookies["device"]


def networks(amount: int) -> list[str]:
    """Give an address of each of so many /24."""
    return [f"20.{number // 250}.{number % 250}.1" for number in range(amount)]


@asynccontextmanager
async def site_of(*limiters: RateLimiter, **limits: Any) -> AsyncIterator[Site]:  # noqa: ANN401 - Limit or None
    """Build a process for each limiter."""
    named = {**DEFAULTS, **{name.replace("_", "-"): limit for name, limit in limits.items()}}
    settings = settings_with(rate_limits=LimitSettings(limits=named))
    hasher = BusyHasher()
    async with AsyncExitStack() as stack:
        worlds: list[World] = []
        for limiter in limiters:
            parts: dict[str, object] = {"limiter": limiter, "password_hasher": hasher}
            if worlds:
                parts["database"] = Shared(worlds[0].container.database())
            one = world(settings, None, **parts)
            worlds.append(await stack.enter_async_context(one))
        yield Site(worlds, named, hasher)


class LogInAttacksContract:
    async def test_the_owner_of_an_account_under_attack_gets_in_at_the_first_try(
        self, site: Site
    ) -> None:
        await site.register(ANN)
        device = device_of(await site.log_in("203.0.113.5"))
        assert (await site.log_in(OFFICE)).status_code == 200

        guessed = 0
        for number in range(3):
            refused, known_device, known_network, new_place = await asyncio.gather(
                site.attack(networks(200), each=2),
                site.log_in(f"80.0.{number}.1", device=device),
                site.log_in("198.51.100.200"),
                site.log_in(f"81.0.{number}.1"),
            )

            guessed += refused[401]
            assert refused[401] + refused[429] == 400
            assert known_device.status_code == 200
            assert known_network.status_code == 200
            assert new_place.status_code == 200

        # 10 for all strangers together, and one for each of their networks.
        assert 200 <= guessed <= 10 + 200

    async def test_ten_wrong_passwords_leave_the_owner_in(self, site: Site) -> None:
        await site.register(ANN)
        assert await site.attack(networks(10)) == {401: 10}

        assert [(await site.log_in(CAFE)).status_code for _ in range(20)] == [200] * 20

    async def test_wrong_passwords_of_an_account_do_not_grow_with_parallel_tries(
        self, site: Site
    ) -> None:
        await site.register(ANN)
        one_network = [f"20.0.0.{number}" for number in range(1, 100)]

        assert await site.attack(one_network) == {401: 11, 429: 88}

    async def test_fifty_colleagues_behind_one_address_all_get_in_at_once(self, site: Site) -> None:
        people = [f"{number}@example.com" for number in range(50)]
        await site.register(*people)

        answers = await asyncio.gather(*(site.log_in(CAFE, email) for email in people))

        assert Counter(answer.status_code for answer in answers) == {200: 50}
        assert site.hasher.most <= 20

    async def test_a_flood_of_wrong_passwords_from_one_address_stops_at_its_budget(
        self, site: Site
    ) -> None:
        people = [f"{number}@example.com" for number in range(90)]

        answers = await site.attack([CAFE] * 90, *people)

        assert 10 <= answers[401] <= 10 + 20
        assert answers[429] == 90 - answers[401]
        assert await site.attack([CAFE], *people) == {429: 1}

    async def test_nobody_is_shut_out_by_a_spray_over_accounts_that_do_not_exist(
        self, site: Site
    ) -> None:
        await site.register(ANN)
        people = [f"{number}@example.com" for number in range(1000)]
        sites = [f"2001:db8:0:{number:x}::1" for number in range(200)]
        for number in range(5):
            await site.attack(sites, *people[200 * number : 200 * (number + 1)])

        assert site.hasher.checked >= 990
        assert (await site.log_in(CAFE)).status_code == 200

    async def test_a_known_device_is_not_shut_out_by_others_behind_its_address(
        self, site: Site
    ) -> None:
        await site.register(ANN)
        device = device_of(await site.log_in(CAFE))
        people = [f"{number}@example.com" for number in range(150)]
        refused = await site.attack([CAFE] * 150, *people)
        assert refused[429] >= 120
        assert (await site.log_in(CAFE)).status_code == 429

        assert (await site.log_in(CAFE, device=device)).status_code == 200

    async def test_a_known_device_has_ten_wrong_passwords_of_its_own(self, site: Site) -> None:
        await site.register(ANN)
        device = device_of(await site.log_in(OFFICE))

        answers = await asyncio.gather(*(site.log_in(CAFE, ANN, WRONG, device) for _ in range(30)))

        assert Counter(answer.status_code for answer in answers) == {401: 10, 429: 20}
        assert (await site.log_in(CAFE)).status_code == 200
