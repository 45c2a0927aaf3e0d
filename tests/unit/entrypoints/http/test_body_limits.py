"""How large a body may be, by the route that it is sent to (413)."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from entrypoints.http.app import create_app
from entrypoints.http.openapi.document import document
from entrypoints.http.openapi.operations import operations
from entrypoints.http.request import MAX_AUTH_BODY, MAX_BODY

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("is_chunked", [False, True])
async def test_a_body_of_a_route_of_authentication_is_smaller_than_others(
    client: httpx.AsyncClient, *, is_chunked: bool
) -> None:
    async def post(size: int) -> httpx.Response:
        body = b"{}" + b" " * (size - 2)
        content = pieces_of(body) if is_chunked else body
        return await client.post("/api/v1/auth/login", content=content, headers=JSON)

    assert (await post(MAX_AUTH_BODY)).status_code == 422
    refused = await post(MAX_AUTH_BODY + 1)
    assert refused.status_code == 413
    assert refused.json()["data"]["message"] == "The body of this request has at most 16384 bytes."


async def pieces_of(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 1000):
        yield body[start : start + 1000]


def test_every_route_with_a_body_says_how_large_it_may_be() -> None:
    described = json.loads(json.dumps(document(tuple(operations(create_app())))))

    said = {
        path: operation["requestBody"]["description"]
        for path, methods in described["paths"].items()
        for operation in methods.values()
        if "requestBody" in operation
    }
    assert {"/api/v1/auth/login", "/api/v1/users/me"} <= said.keys()
    for path, sentence in said.items():
        most = MAX_AUTH_BODY if path.startswith("/api/v1/auth/") else MAX_BODY
        assert sentence == f"{most:,} bytes at most."
