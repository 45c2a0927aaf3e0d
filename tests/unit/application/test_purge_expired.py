import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from application.audit.list_audit import ListAudit
from application.errors import DatabaseUnavailable
from application.maintenance.count_expired import CountExpired
from application.maintenance.expiry import Amounts
from application.maintenance.purge_expired import Purged, PurgeExpired
from application.session.log_out import LogOut
from application.session.refresh_session import RefreshSession
from application.session.session_opener import TokenPair
from application.user.register_user import RegisterUser
from domain.errors import DomainError, ValidationFailed
from domain.session.errors import RefreshTokenReused, SessionRevoked, TokenInvalid
from tests.faulty import Faults
from tests.unit.application.trail import types
from tests.world import OPERATOR, PASSWORD, SETTINGS, World, settings_with, world

TTL = SETTINGS.tokens.refresh_ttl
A_WEEK = timedelta(days=7)


async def purge(here: World, batch: int = 500) -> Purged:
    return await here.do.purge_expired(PurgeExpired(actor=OPERATOR, batch=batch))


async def refresh(here: World, token: str) -> TokenPair:
    return await here.do.refresh_session(RefreshSession(refresh_token=token))


async def first_token(here: World) -> str:
    tokens = (await here.register()).tokens
    assert tokens is not None
    return tokens.refresh_token


async def test_what_is_live_stays(here: World) -> None:
    token = await first_token(here)
    here.clock.advance(TTL - timedelta(seconds=1))

    assert (await purge(here)).removed == Amounts()

    await refresh(here, token)


async def test_a_session_that_ended_says_so_until_its_token_is_over(here: World) -> None:
    ann = await here.actor()
    tokens = (await here.log_in()).tokens
    await here.do.log_out(LogOut(actor=replace(ann, session_id=tokens.session_id)))
    here.clock.advance(TTL - timedelta(seconds=1))

    assert (await purge(here)).removed == Amounts()
    with pytest.raises(SessionRevoked):
        await refresh(here, tokens.refresh_token)

    here.clock.advance(timedelta(seconds=1))
    assert (await purge(here)).removed == Amounts(refresh_tokens=2, sessions=2)
    with pytest.raises(TokenInvalid):
        await refresh(here, tokens.refresh_token)


async def test_a_replay_is_found_out_for_as_long_as_the_token_would_have_lived(
    here: World,
) -> None:
    stolen = await first_token(here)
    newest = (await refresh(here, stolen)).refresh_token
    for _ in range(4):
        here.clock.advance(A_WEEK)
        newest = (await refresh(here, newest)).refresh_token
        await purge(here)
    with pytest.raises(RefreshTokenReused):
        await refresh(here, stolen)
    with pytest.raises(SessionRevoked):
        await refresh(here, newest)


async def test_a_session_that_is_always_used_keeps_no_more_tokens_than_its_lifetime_needs() -> None:
    tokens = replace(SETTINGS.tokens, session_max_lifetime=timedelta(days=400))
    async with world(settings_with(tokens=tokens)) as here:
        stolen = newest = await first_token(here)
        removed = Amounts()
        for _ in range(52):
            here.clock.advance(A_WEEK)
            newest = (await refresh(here, newest)).refresh_token
            removed += (await purge(here)).removed

        assert removed == Amounts(refresh_tokens=53 - 5)
        with pytest.raises(TokenInvalid):
            await refresh(here, stolen)
        await refresh(here, newest)


async def test_keys_and_old_entries_go_in_batches_until_it_is_done(here: World) -> None:
    for number in range(5):
        command = RegisterUser(
            email=f"u{number}@example.com",
            password=PASSWORD,
            log_in=False,
            idempotency_key=f"key-{number}",
        )
        await here.do.register_user(command)
    here.clock.advance(SETTINGS.audit_retention + timedelta(seconds=1))

    counted = await here.do.count_expired(CountExpired(actor=OPERATOR))
    purged = [await purge(here, 2) for _ in range(3)]

    assert counted == Amounts(idempotency_records=5, audit_entries=5)
    assert [each.is_done for each in purged] == [False, False, True]
    assert sum((each.removed for each in purged), start=Amounts()) == counted
    assert await types(here) == ["audit.purged"] * 3


async def test_that_entries_were_removed_is_written_down(here: World) -> None:
    await here.register()
    here.clock.advance(SETTINGS.audit_retention + timedelta(seconds=1))
    before = here.clock.now() - SETTINGS.audit_retention
    await purge(here)

    (entry,) = (await here.do.list_audit(ListAudit(actor=OPERATOR))).items

    assert (entry.type, entry.operator) == ("audit.purged", "tester")
    assert entry.details == {"entries": 2, "before": before.isoformat()}


async def test_a_batch_that_met_an_outage_is_done_again_as_a_whole() -> None:
    faults = Faults()
    async with world(faults=faults) as here:
        await here.register()
        here.clock.advance(SETTINGS.audit_retention + timedelta(seconds=1))
        faults.add("audit", DatabaseUnavailable())

        assert (await purge(here)).removed.audit_entries == 2
        assert await types(here) == ["audit.purged"]


async def test_two_purges_and_people_do_not_hinder_each_other(here: World) -> None:
    await asyncio.gather(*(here.register(f"old{number}@example.com") for number in range(20)))
    here.clock.advance(TTL)

    async def purge_all() -> Amounts:
        removed, is_done = Amounts(), False
        while not is_done:
            one = await purge(here, 3)
            removed, is_done = removed + one.removed, one.is_done
            await asyncio.sleep(0)
        return removed

    async def live(number: int) -> None:
        tokens = (await here.register(f"new{number}@example.com")).tokens
        assert tokens is not None
        await refresh(here, tokens.refresh_token)

    one, two, *_ = await asyncio.gather(purge_all(), purge_all(), *map(live, range(20)))

    assert isinstance(one, Amounts)
    assert isinstance(two, Amounts)
    assert one + two == Amounts(refresh_tokens=20, sessions=20)


@pytest.mark.parametrize("batch", [0, -1, 10_001])
async def test_a_batch_has_bounds(here: World, batch: int) -> None:
    with pytest.raises(ValidationFailed):
        await purge(here, batch)


async def test_a_purge_frees_nobody_from_the_rules_of_reuse(here: World) -> None:
    stolen = await first_token(here)
    await refresh(here, (await refresh(here, stolen)).refresh_token)
    here.clock.advance(timedelta(minutes=1))
    with suppress(DomainError):
        await refresh(here, stolen)
    here.clock.advance(TTL - timedelta(minutes=2))
    await purge(here)

    with pytest.raises(SessionRevoked):
        await refresh(here, stolen)
