"""The API with limits, and a limiter whose time is told."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, cast

import httpx

from adapters.memory.rate_limiter import MemoryRateLimiter
from application.limits.groups import DEFAULTS, Limits
from application.ports.rate_limiter import Limit
from application.settings import LimitSettings
from entrypoints.http.app import create_app
from tests.faulty import Faults
from tests.unit.adapters.memory.test_rate_limiter import Stopwatch
from tests.world import World, settings_with, world

ME = "/api/v1/users/me"


LOGIN = "/api/v1/auth/login"


WRONG = {"email": "ann@example.com", "password": "Wrong-Horse-1"}


TOO_MANY = "RATE_LIMIT_EXCEEDED"


class Scene:
    """The API on a limiter whose time is told, called from any address."""

    def __init__(self, here: World, stopwatch: Stopwatch, limits: Limits, database: Faults) -> None:
        self.here = here
        self.time = stopwatch
        self.database = database
        self.app = create_app(here.do, rate_limits=limits)

    async def send(
        self,
        method: str,
        path: str,
        *,
        address: str = "192.0.2.1",
        **more: Any,  # noqa: ANN401 - as httpx has it
    ) -> httpx.Response:
        transport = httpx.ASGITransport(
            cast("Callable[..., Any]", self.app), client=(address, 1), raise_app_exceptions=False
        )
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, **more)

    async def statuses(
        self,
        times: int,
        method: str,
        path: str,
        **more: Any,  # noqa: ANN401 - as above
    ) -> list[int]:
        return [(await self.send(method, path, **more)).status_code for _ in range(times)]

    async def token(self, email: str = "ann@example.com") -> dict[str, str]:
        tokens = (await self.here.register(email)).tokens
        assert tokens is not None
        return {"Authorization": f"Bearer {tokens.access_token}"}


@asynccontextmanager
async def scene(**limits: Limit | None) -> AsyncIterator[Scene]:
    named: Mapping[str, Limit | None] = {
        name.replace("_", "-"): limit for name, limit in limits.items()
    }
    limited = LimitSettings(limits={**DEFAULTS, **named})
    stopwatch = Stopwatch()
    limiter = MemoryRateLimiter(monotonic=stopwatch)
    faults = Faults()
    async with world(settings_with(rate_limits=limited), faults, limiter=limiter) as here:
        yield Scene(here, stopwatch, limited.limits, faults)


def open_scene(api: int) -> AbstractAsyncContextManager[Scene]:
    return scene(api=Limit(api, 60), api_user=Limit(api, 60))
