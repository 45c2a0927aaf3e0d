import asyncio
from asyncio import Event
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from adapters.caching.cached_session_reader import CachedSessionReader
from application.actor import Account
from application.ports.session_reader import LiveSession, SessionReader
from application.session.views import SessionQuery, SessionRecord
from domain.events import DomainEvent
from domain.session.events import EndReason, SessionRefreshed, SessionsEnded
from domain.user.events import RoleGranted, RoleRevoked, UserDeactivated
from domain.user.role import ADMIN

NOW = datetime(2026, 1, 1, tzinfo=UTC)
USER = UUID(int=1)


class Source(SessionReader):
    """Knows which sessions are live, and counts how often it is asked."""

    def __init__(self) -> None:
        self.live: set[UUID] = set()
        self.asked = 0

    async def find_live(self, session_id: UUID, now: datetime) -> LiveSession | None:
        self.asked += 1
        if session_id not in self.live:
            return None
        return LiveSession(Account(user_id=USER, session_id=session_id, roles=frozenset()))

    async def page(self, query: SessionQuery) -> tuple[SessionRecord, ...]:
        return ()


class Bench:
    def __init__(self, capacity: int = 100) -> None:
        self.source = Source()
        self.time = 100.0
        self.reader = CachedSessionReader(
            self.source, capacity=capacity, monotonic=lambda: self.time
        )

    async def ask(self, session_id: UUID) -> bool:
        return await self.reader.find_live(session_id, NOW) is not None

    def open(self) -> UUID:
        session_id = uuid4()
        self.source.live.add(session_id)
        return session_id


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_a_yes_is_trusted_for_a_second_and_no_longer(bench: Bench) -> None:
    session = bench.open()
    assert await bench.ask(session)
    bench.source.live.clear()

    bench.time += 0.999
    assert await bench.ask(session)
    assert bench.source.asked == 1
    bench.time += 0.001
    assert not await bench.ask(session)


async def test_trust_counts_from_the_question_and_not_from_the_answer(bench: Bench) -> None:
    """The answer was true when the database read it, which may be long before it arrived."""

    class Slow(Source):
        async def find_live(self, session_id: UUID, now: datetime) -> LiveSession | None:
            found = await super().find_live(session_id, now)
            bench.time += 0.6
            return found

    source, session = Slow(), uuid4()
    source.live.add(session)
    reader = CachedSessionReader(source, monotonic=lambda: bench.time)
    await reader.find_live(session, NOW)
    source.live.clear()

    bench.time += 0.399
    assert await reader.find_live(session, NOW)
    bench.time += 0.001
    assert not await reader.find_live(session, NOW)


async def test_a_no_is_never_kept(bench: Bench) -> None:
    session = uuid4()
    assert not await bench.ask(session)
    bench.source.live.add(session)

    assert await bench.ask(session)


@pytest.mark.parametrize("event", [RoleGranted, RoleRevoked, UserDeactivated])
async def test_news_of_a_user_are_looked_up_at_once(bench: Bench, event: type[DomainEvent]) -> None:
    session = bench.open()
    await bench.ask(session)
    role = {} if event is UserDeactivated else {"role": ADMIN}

    await bench.reader.handle(event(user_id=uuid4(), occurred_at=NOW, **role))
    await bench.ask(session)
    assert bench.source.asked == 1
    await bench.reader.handle(event(user_id=USER, occurred_at=NOW, **role))
    await bench.ask(session)
    assert bench.source.asked == 2


async def test_a_session_that_ended_here_stops_at_once(bench: Bench) -> None:
    session, other = bench.open(), bench.open()
    await bench.ask(session)
    await bench.ask(other)
    bench.source.live.clear()

    await bench.reader.handle(ended(session))

    assert not await bench.ask(session)
    assert await bench.ask(other)


@pytest.mark.parametrize("recovers", [True, False])
async def test_a_refresh_is_news_only_where_it_passed_generations_over(
    bench: Bench, *, recovers: bool
) -> None:
    session, other = bench.open(), bench.open()
    await bench.ask(session)
    await bench.ask(other)

    await bench.reader.handle(
        SessionRefreshed(
            user_id=USER, occurred_at=NOW, session_id=session, generation=2, recovers=recovers
        )
    )
    await bench.ask(other)
    await bench.ask(session)

    assert bench.source.asked == 2 + recovers


async def test_sessions_that_ended_without_a_name_are_all_those_of_the_user(bench: Bench) -> None:
    session = bench.open()
    await bench.ask(session)
    bench.source.live.clear()
    ended_one = ended(session)

    await bench.reader.handle(replace(ended_one, session_ids=(), count=101, user_id=UUID(int=2)))
    assert await bench.ask(session)
    await bench.reader.handle(replace(ended_one, session_ids=(), count=101))
    assert not await bench.ask(session)


async def test_an_answer_older_than_the_news_is_not_kept() -> None:
    """A read that began before the end, and comes back after it, must not be trusted."""
    asked, answer = Event(), Event()

    class Slow(Source):
        async def find_live(self, session_id: UUID, now: datetime) -> LiveSession | None:
            found = await super().find_live(session_id, now)
            asked.set()
            await answer.wait()
            return found

    source = Slow()
    session = uuid4()
    source.live.add(session)
    reader = CachedSessionReader(source)
    early = asyncio.create_task(reader.find_live(session, NOW))
    await asked.wait()
    source.live.clear()
    await reader.handle(ended(session))
    answer.set()
    await early

    assert await reader.find_live(session, NOW) is None


async def test_memory_is_bounded() -> None:
    bench = Bench(capacity=3)
    sessions = [bench.open() for _ in range(5)]
    for session in sessions:
        await bench.ask(session)

    asked = bench.source.asked
    for session in sessions[2:]:
        await bench.ask(session)
    assert bench.source.asked == asked
    await bench.ask(sessions[0])
    assert bench.source.asked == asked + 1


def ended(session_id: UUID) -> SessionsEnded:
    return SessionsEnded(
        user_id=USER, occurred_at=NOW, session_ids=(session_id,), reason=EndReason.REVOKED
    )
