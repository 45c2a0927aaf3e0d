"""Users who are there before the load begins, with tokens."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import httpx

PASSWORD: Final = "Correct-Horse-1"
AT_ONCE: Final = 8
PATIENCE: Final = 120.0
"""Seconds to try for; a limiter that was not raised lets a few in a quarter of an hour."""


def seed(url: str, run: str, count: int) -> Mapping[str, object]:
    """Register so many over the API; give what the scripts read."""
    with httpx.Client(base_url=url, timeout=30) as client, ThreadPoolExecutor(AT_ONCE) as threads:
        emails = [f"seed-{run}-{number}@example.com" for number in range(count)]
        users = [*threads.map(lambda email: _register(client, email), emails)]
    return {"password": PASSWORD, "users": users}


def _register(client: httpx.Client, email: str) -> Mapping[str, str]:
    deadline = time.monotonic() + PATIENCE
    while True:
        body = {"email": email, "password": PASSWORD}
        answer = client.post("/api/v1/auth/register", json=body)
        if answer.status_code == httpx.codes.CREATED:
            return {"email": email, "token": answer.json()["data"]["token"]}
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise SystemExit(
                "The service limits registrations: start it with RATE_LIMITS="
                "login=off,register=10000/1s,api=10000/1s,api-user=10000/1s."
            )
        if answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR or time.monotonic() > deadline:
            raise SystemExit(f"A user cannot be registered: {answer.status_code} {answer.text}")
        time.sleep(0.5)
