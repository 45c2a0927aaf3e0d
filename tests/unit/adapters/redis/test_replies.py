"""Replies of a Redis that was tampered with, or is none."""

from collections.abc import Sequence

import pytest

from adapters.redis.client import Script
from adapters.redis.rate_limiter import RedisRateLimiter, create
from application.errors import DependencyUnavailable
from application.ports.rate_limiter import Limit, Rule
from tests.unit.settings import some_settings

RULE = Rule("key", "login", Limit(3, 60))


def limiter(reply: object, monkeypatch: pytest.MonkeyPatch) -> RedisRateLimiter:
    async def run(*_: object) -> object:
        return reply

    monkeypatch.setattr(Script, "run", run)
    return create("redis://127.0.0.1:1", some_settings())


@pytest.mark.parametrize(
    "reply",
    [
        None,
        1,
        b"OK",
        [],
        [1],
        [1, 2, 3],
        [1, None, None, None],
        [1, 2, b"x", 4],
        [7, 2, 1, 0],
        [[], {}],
    ],
)
async def test_a_reply_that_makes_no_sense_is_an_outage_and_no_error_of_ours(
    reply: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DependencyUnavailable):
        await limiter(reply, monkeypatch).hit([RULE])


@pytest.mark.parametrize(
    "reply", [[1, 2, -(2**63), 2**63 - 1], [0, 2**63 - 1, 2**63 - 1, 2**63 - 1]]
)
async def test_figures_of_any_size_stay_within_the_limit(
    reply: Sequence[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    (quota,) = (await limiter(reply, monkeypatch).hit([RULE])).quotas

    assert 0 <= quota.remaining <= 3
    assert 0 <= quota.reset <= 120
