"""Profile and export over HTTP, on the whole service in memory."""

from collections.abc import AsyncIterator

import httpx
import pytest

from entrypoints.http.app import create_app
from tests.unit.entrypoints.http.conftest import call
from tests.world import PASSWORD, world

ME = "/api/v1/users/me"


@pytest.fixture
async def ann() -> AsyncIterator[httpx.AsyncClient]:
    """A client of somebody who has just signed up."""
    async with world() as here, call(create_app(here.do)) as client:
        body = {"email": "ann@example.com", "password": PASSWORD, "name": "Zoë \u2215 Ann"}
        answer = await client.post("/api/v1/auth/register", json=body)
        client.headers["Authorization"] = f"Bearer {answer.json()['data']['token']}"
        yield client


async def test_bio_and_website_come_back_clean_until_null_removes_them(
    ann: httpx.AsyncClient,
) -> None:
    told = {"bio": "<p onclick=x>Hi<script>x</script>", "website": "HTTP://Example.com:80"}

    changed = (await ann.patch(ME, json=told)).json()["data"]["user"]
    again = await ann.patch(ME, json={"bio": changed["bio"], "website": changed["website"]})
    cleared = (await ann.patch(ME, json={"bio": None, "website": None})).json()["data"]["user"]

    assert (changed["bio"], changed["website"]) == ("<p>Hi</p>", "http://example.com/")
    assert again.json()["data"]["user"] == changed
    assert (cleared["bio"], cleared["website"]) == (None, None)


async def test_an_export_is_an_attachment_that_nobody_keeps(ann: httpx.AsyncClient) -> None:
    user = (await ann.get(ME)).json()["data"]["user"]

    answer = await ann.get(f"{ME}/export")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"Zoe _ Ann.json\"; filename*=UTF-8''Zo%C3%AB%20_%20Ann.json"
    )
    data = answer.json()["data"]
    assert data["user"] == user
    assert [session["ended_at"] for session in data["sessions"]] == [None]
    assert [entry["actor_id"] for entry in data["audit"]] == [user["id"]] * 2
    assert data["audit_is_complete"] is True


async def test_an_export_needs_a_token(ann: httpx.AsyncClient) -> None:
    del ann.headers["Authorization"]

    assert (await ann.get(f"{ME}/export")).status_code == 401
