import httpx
import pytest

from entrypoints.http.app import create_app
from tests.world import world

ALLOWED = ("api.example.org", "*.example.com", "[::1]")


async def status(
    host: str, path: str = "/openapi.json", *, allowed: tuple[str, ...] = ALLOWED
) -> int:
    async with world() as here:
        app = create_app(here.do, allowed_hosts=allowed)
        transport = httpx.ASGITransport(app)  # type: ignore[arg-type] # Litestar's own ASGI types
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            answer = await client.get(path, headers={"Host": host})
    assert answer.headers["X-Request-ID"]
    return answer.status_code


@pytest.mark.parametrize(
    "host",
    ["api.example.org", "API.Example.org:3000", "api.example.org.", "a.b.example.com", "[::1]:80"],
)
async def test_a_name_that_is_allowed_is_answered(host: str) -> None:
    assert await status(host) == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "example.com", "api.example.org.evil.example", "", "[::2]", "xexample.com"],
)
async def test_another_name_is_refused(host: str) -> None:
    assert await status(host) == 400


@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/ready"])
async def test_probes_call_by_address(path: str) -> None:
    assert await status("10.0.0.7", path) == 200


async def test_what_only_looks_like_a_probe_is_none() -> None:
    assert await status("10.0.0.7", "/healthy") == 400


@pytest.mark.parametrize("allowed", [(), ("*",)])
async def test_without_a_list_every_name_is_answered(allowed: tuple[str, ...]) -> None:
    assert await status("evil.example", allowed=allowed) == 200
