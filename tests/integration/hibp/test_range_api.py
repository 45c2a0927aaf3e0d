import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

import containers
from adapters.hibp.range_api import MAX_ANSWER, RangeApi, create
from adapters.resilience.fail_open_breaches import FailOpenBreachedPasswords
from adapters.resilience.pipeline import Pipeline
from application.errors import DependencyUnavailable
from application.invalid_settings import InvalidSettings
from application.ports.breached_passwords import BreachedPasswords
from domain.user.password import Password
from tests.integration.hibp.server import Answer, Server, answer, honest, running
from tests.unit.contracts.breached_passwords import LEAKED, BreachedPasswordsContract
from tests.world import SETTINGS

WRONG: dict[str, Answer] = {
    "an error": lambda _: answer("", "500 Internal Server Error"),
    "too many requests": lambda _: answer("", "429 Too Many Requests"),
    "a redirect": lambda _: answer("", "302 Found", "Location: http://127.0.0.1:1/"),
    "a web page": lambda _: answer("<html>Please log in to the network</html>"),
    "nothing": lambda _: answer(""),
    "half a line": lambda _: answer("0018A45C4D1DEF81644B54AB7F969B88D65"),
    "a line too many": lambda _: answer(f"{'0' * 35}:1\r\nhello"),
    "no text": lambda _: answer(b"\xff\xfe\x00"),
    "too much": lambda _: answer("0" * (MAX_ANSWER + 1)),
    "no HTTP": lambda _: b"220 mail.example.com ESMTP\r\n",
    "a cut": lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0018",
    "silence": lambda _: b"",
}


@asynccontextmanager
async def asking(server: Server) -> AsyncIterator[RangeApi]:
    api = create(server.url, SETTINGS)
    await api.open()
    try:
        yield api
    finally:
        await api.close()


class TestRangeApi(BreachedPasswordsContract):
    @pytest.fixture
    async def breaches(self) -> AsyncIterator[BreachedPasswords]:
        async with running(honest([LEAKED])) as server, asking(server) as api:
            yield api


async def test_only_five_digits_of_the_hash_leave_and_padding_is_asked_for() -> None:
    async with running(honest([LEAKED])) as server, asking(server) as api:
        await api.contains(Password.presented(LEAKED))

    digest = hashlib.sha1(LEAKED.encode()).hexdigest()  # noqa: S324 - the protocol
    (asked,) = server.asked
    assert asked.startswith(f"GET /range/{digest[:5].upper()} HTTP/1.1\r\n")
    assert "add-padding: true" in asked.lower()
    assert digest[5:] not in asked.lower()
    assert LEAKED not in asked


async def test_padding_is_no_breach() -> None:
    digest = hashlib.sha1(LEAKED.encode()).hexdigest()  # noqa: S324 - the protocol
    async with running(lambda _: answer(f"{digest[5:]}:0")) as server, asking(server) as api:
        assert await api.contains(Password.presented(LEAKED)) is False


@pytest.mark.parametrize("give", WRONG.values(), ids=WRONG.keys())
async def test_what_is_no_answer_is_no_clean_password(give: Answer) -> None:
    async with running(give) as server, asking(server) as api:
        with pytest.raises(DependencyUnavailable):
            await api.contains(Password.presented(LEAKED))


async def test_nobody_there_is_an_outage() -> None:
    async with running(honest([LEAKED])) as server:
        pass
    async with asking(server) as api:
        with pytest.raises(DependencyUnavailable):
            await api.contains(Password.presented(LEAKED))


@pytest.mark.parametrize("give", WRONG.values(), ids=WRONG.keys())
async def test_the_service_goes_on_without_an_answer_and_says_so(give: Answer) -> None:
    heard: list[str] = []
    async with running(give) as server, asking(server) as api:
        breaches = FailOpenBreachedPasswords(api, Pipeline(), heard.append)

        assert await breaches.contains(Password.presented(LEAKED)) is False

    assert heard == ["SERVICE_UNAVAILABLE"]


async def test_a_slow_answer_is_not_waited_for() -> None:
    heard: list[str] = []
    async with running(honest([LEAKED])) as server, asking(server) as api:
        server.is_slow = True
        budget = timedelta(milliseconds=50)
        breaches = FailOpenBreachedPasswords(api, Pipeline(), heard.append, budget=budget)

        assert await breaches.contains(Password.presented(LEAKED)) is False

    assert heard == ["timeout"]


async def test_a_service_that_is_slow_every_time_is_soon_not_asked_any_more() -> None:
    async with running(honest([LEAKED])) as server:
        server.is_slow = True
        passwords = replace(SETTINGS.passwords, breaches_url=server.url)
        breaches = containers.build(replace(SETTINGS, passwords=passwords)).breaches()
        await breaches.open()

        asked = -1
        while asked < len(server.asked) <= 30:
            asked = len(server.asked)
            calls = [breaches.contains(Password.presented(LEAKED)) for _ in range(10)]
            assert not any(await asyncio.gather(*calls))

        await breaches.close()
    assert len(server.asked) <= 30


@pytest.mark.parametrize(
    "url", ["ftp://host", "https://", "host", "https://host/?a=b", "https://host/#x", ""]
)
def test_an_address_of_another_kind_stops_the_start(url: str) -> None:
    with pytest.raises(InvalidSettings, match="BREACHED_PASSWORDS_URL"):
        create(url, SETTINGS)
