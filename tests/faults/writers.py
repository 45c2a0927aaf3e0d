"""Clients that register users and rotate tokens for as long as they are let."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from uuid import uuid4

import httpx

from tests.faults.ledger import Ledger, Outcome, Registration

PASSWORD = "Correct-Horse-1"
PAUSE = 0.01
UNKNOWN = {502, 503, 504}


@dataclass
class Writers:
    """Writes to `url` and keeps the ledger. `healthy_since` is when the last write succeeded
    after one that did not, in monotonic seconds."""

    url: str
    ledger: Ledger = field(default_factory=Ledger)
    acknowledged_at: list[float] = field(default_factory=list)
    stopping: bool = False

    async def write(self, number: int) -> None:
        limits = httpx.Limits(max_keepalive_connections=1, max_connections=1)
        async with httpx.AsyncClient(base_url=self.url, timeout=30, limits=limits) as client:
            while not self.stopping:
                await self.register(client, number, Registration(_email(), str(uuid4())))
                await self.rotate(client, number)
                await asyncio.sleep(PAUSE)

    async def register(self, client: httpx.AsyncClient, number: int, each: Registration) -> Outcome:
        body = {"email": each.email, "password": PASSWORD}
        answer = await self._post(client, "register", body, {"Idempotency-Key": each.key})
        outcome = self._judge(answer)
        self.ledger.registrations[each] = outcome
        if outcome is Outcome.ACKNOWLEDGED and answer is not None:
            self.ledger.tokens[number] = answer.json()["data"]["refresh_token"]
        return outcome

    async def rotate(self, client: httpx.AsyncClient, number: int) -> None:
        token = self.ledger.tokens.get(number)
        if token is None:
            return
        answer = await self._post(client, "refresh", {"refresh_token": token})
        outcome = self._judge(answer)
        if outcome is Outcome.ACKNOWLEDGED and answer is not None:
            self.ledger.tokens[number] = answer.json()["data"]["refresh_token"]
        # After an unknown outcome the same token is good for the next try, however late that is.

    async def _post(
        self,
        client: httpx.AsyncClient,
        path: str,
        body: dict[str, str],
        headers: dict[str, str] | None = None,
    ) -> httpx.Response | None:
        try:
            return await client.post(f"/api/v1/auth/{path}", json=body, headers=headers)
        except httpx.TransportError:
            return None

    def _judge(self, answer: httpx.Response | None) -> Outcome:
        outcome = _outcome(answer)
        self.ledger.count(outcome)
        if answer is not None and (complaint := _complaint(answer)):
            self.ledger.complaints.append(complaint)
        if outcome is Outcome.ACKNOWLEDGED:
            self.acknowledged_at.append(time.monotonic())
        return outcome


@asynccontextmanager
async def writing(url: str, number: int) -> AsyncIterator[Writers]:
    """Write with `number` clients until the block ends; then wait for their last answers."""
    writers = Writers(url)
    tasks = [asyncio.create_task(writers.write(each)) for each in range(number)]
    try:
        yield writers
    finally:
        writers.stopping = True
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks)


def _email() -> str:
    return f"{uuid4().hex}@example.com"


def _outcome(answer: httpx.Response | None) -> Outcome:
    if answer is None or answer.status_code in UNKNOWN:
        return Outcome.UNKNOWN
    return Outcome.ACKNOWLEDGED if answer.is_success else Outcome.REFUSED


def _complaint(answer: httpx.Response) -> str | None:
    """Tell what is wrong with the shape of an answer; nothing is when it is as agreed."""
    try:
        body = answer.json()
        status = {2: "success", 4: "fail", 5: "error"}[answer.status_code // 100]
        fits = body["status"] == status and answer.headers["X-Request-ID"]
        if status != "success":
            fits = fits and body["data"]["code"] and body["data"]["request_id"]
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            fits = fits and int(answer.headers["Retry-After"]) > 0
        if answer.status_code == httpx.codes.INTERNAL_SERVER_ERROR:
            return f"500: {answer.text[:200]}"
    except (ValueError, KeyError, TypeError) as error:
        return f"{answer.status_code}: {type(error).__name__}: {answer.text[:200]}"
    return None if fits else f"{answer.status_code}: {answer.text[:200]}"
