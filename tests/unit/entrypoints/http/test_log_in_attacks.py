"""Attacks on log-ins of one process, and what only one process shows."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.memory.rate_limiter import MemoryRateLimiter
from application.ports.rate_limiter import Limit
from tests.unit.contracts.log_in_attacks import (
    ANN,
    CAFE,
    OFFICE,
    WRONG,
    LogInAttacksContract,
    Site,
    device_of,
    networks,
    site_of,
)
from tests.world import PASSWORD

NEW_PASSWORD = "Other-Horse-2"


class TestOneProcess(LogInAttacksContract):
    @pytest.fixture
    async def site(self) -> AsyncIterator[Site]:
        async with site_of(MemoryRateLimiter()) as site:
            yield site


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with site_of(MemoryRateLimiter()) as site:
        yield site


async def test_a_spray_over_many_accounts_stops_at_the_budget_of_all_then_of_each_network() -> None:
    people = [f"{number}@example.com" for number in range(300)]
    async with site_of(MemoryRateLimiter(), login_global=Limit(40, 60)) as site:
        first = await site.attack(networks(50), *people)
        # All of one network: the first 40 have used up what there is for everybody.
        later = await site.attack([f"30.0.0.{number}" for number in range(1, 41)], *people[100:])

        assert first == {401: 50}
        assert later == {401: 10, 429: 30}
        assert (await site.attack(["30.0.1.1"], ANN)) == {401: 1}


async def test_a_known_network_is_not_shut_out_by_what_the_world_does() -> None:
    limiter = MemoryRateLimiter()
    async with site_of(limiter, login_global=Limit(1, 60), login_global_network=Limit(1, 60)) as it:
        await it.register(ANN)
        assert (await it.log_in(OFFICE)).status_code == 200
        people = [f"{number}@example.com" for number in range(20)]
        neighbours = [f"198.51.100.{number}" for number in range(50, 70)]
        assert (await it.attack(neighbours, *people)) == {401: 2, 429: 18}

        assert (await it.log_in("198.51.100.80")).status_code == 200
        assert (await it.log_in("198.51.100.80", "0@example.com", WRONG)).status_code == 429


async def test_a_device_of_one_account_gives_nothing_for_another(site: Site) -> None:
    await site.register(ANN, "eve@example.com")
    eve = device_of(await site.log_in(CAFE, "eve@example.com"))
    await site.attack([CAFE] * 10, *[f"{number}@example.com" for number in range(10)])

    assert (await site.log_in(CAFE, ANN, device=eve)).status_code == 429
    assert (await site.log_in(CAFE, "eve@example.com", device=eve)).status_code == 200


async def test_a_device_stays_known_through_a_change_of_password(site: Site) -> None:
    await site.register(ANN)
    entered = await site.log_in(OFFICE)
    changed = await site.send(
        "PUT",
        "/api/v1/users/me/password",
        OFFICE,
        json={"old_password": PASSWORD, "new_password": NEW_PASSWORD},
        headers={
            "Authorization": f"Bearer {entered.json()['data']['token']}",
            "Cookie": f"device={device_of(entered)}",
        },
    )
    await site.attack([CAFE] * 10, *[f"{number}@example.com" for number in range(10)])

    before, now = device_of(entered), device_of(changed)
    assert (await site.log_in(CAFE, password=NEW_PASSWORD, device=before)).status_code == 429
    assert (await site.log_in(CAFE, password=NEW_PASSWORD, device=now)).status_code == 200


DIGITS = str.maketrans("0123456789-_", "123456789012"[:12])
"""To another character of base64url than it was."""


async def test_what_is_no_device_token_of_ours_is_no_device_and_no_error(site: Site) -> None:
    await site.register(ANN)
    mine = device_of(await site.log_in(OFFICE))
    await site.attack([CAFE] * 10, *[f"{number}@example.com" for number in range(10)])
    other = "A" if mine[0] != "A" else "B"
    for token in (
        *("", "x", "é", mine[:-1], mine[:-32], mine + "A" * 32, mine * 2, other + mine[1:]),
        *(mine[:40] + mine[40].swapcase().translate(DIGITS) + mine[41:], "a" * 40_000),
        f"{mine}; device={mine}",
    ):
        answer = await site.send(
            "POST",
            "/api/v1/auth/login",
            CAFE,
            json={"email": ANN, "password": WRONG},
            headers={"Cookie": f"device={token}".encode()},
        )
        assert answer.status_code == 429, token

    assert (await site.log_in(CAFE, device=mine)).status_code == 200


async def test_who_disconnects_has_guessed_and_gives_the_place_back() -> None:
    async with site_of(MemoryRateLimiter(), login=Limit(30, 900)) as site:
        await site.register(ANN)
        checking, verify = asyncio.Event(), site.hasher.verify

        async def never(*_: object) -> bool:
            checking.set()
            await asyncio.Event().wait()
            return False

        site.hasher.verify = never  # type: ignore[assignment, method-assign] # until it is put back
        for number in range(25):
            checking.clear()
            guess = asyncio.create_task(site.log_in(CAFE, f"{number}@example.com", WRONG))
            await checking.wait()
            guess.cancel()
            await asyncio.gather(guess, return_exceptions=True)
        site.hasher.verify = verify  # type: ignore[method-assign] # as it was

        assert (await site.log_in(CAFE)).status_code == 200
        assert await site.attack([CAFE] * 5, *(f"{each}@example.org" for each in range(5))) == {
            401: 5
        }
        assert (await site.log_in(CAFE)).status_code == 429
