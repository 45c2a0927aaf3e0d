"""How often use cases ask their database, and wait for its answer."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import aiosqlite
import pytest

import containers
from application.actor import Operator
from application.session.authenticate import Authenticate
from application.session.log_in import LogIn
from application.session.refresh_session import RefreshSession
from application.settings import DatabaseSettings
from application.use_cases import UseCases
from application.user.grant_role import GrantRole
from application.user.register_user import RegisterUser
from application.user.revoke_role import RevokeRole
from application.user.update_profile import UpdateProfile
from domain.user.role import ADMIN
from tests.services.proxy import Proxy
from tests.world import SETTINGS

EMAIL, PASSWORD = "ann@example.com", "Correct-Horse-1"
Counted = dict[str, int]


@asynccontextmanager
async def running(url: str) -> AsyncIterator[UseCases]:
    # Preparing a statement takes a round trip of its own, once.
    database = DatabaseSettings(
        url=url, is_default=False, pool_min=1, pool_max=1, prepare_threshold=0
    )
    async with containers.running(replace(SETTINGS, database=database)) as use_cases:
        yield use_cases


async def count(use_cases: UseCases, asked: Callable[[], int]) -> Counted:
    """Sign up, log in and refresh; give how often each asked."""
    # The pool connects when it is first needed.
    await use_cases.register_user(RegisterUser(email="first@example.com", password=PASSWORD))
    before = asked()
    await use_cases.register_user(RegisterUser(email=EMAIL, password=PASSWORD))
    registered = asked()
    logged_in = await use_cases.log_in(LogIn(email=EMAIL, password=PASSWORD))
    opened = asked()
    tokens = await use_cases.refresh_session(
        RefreshSession(refresh_token=logged_in.tokens.refresh_token)
    )
    refreshed = asked()
    return {
        "sign-up": registered - before,
        "log-in": opened - registered,
        "refresh": refreshed - opened,
        **await count_acts(use_cases, asked, tokens.access_token),
    }


async def count_acts(use_cases: UseCases, asked: Callable[[], int], token: str) -> Counted:
    """Change a profile, grant and revoke as an admin; give how often each asked."""
    ann = await use_cases.authenticate(Authenticate(access_token=token))
    command = RegisterUser(email="other@example.com", password=PASSWORD, log_in=False)
    other = (await use_cases.register_user(command)).user.id
    counted = {}
    before = asked()
    await use_cases.update_profile(UpdateProfile(actor=ann, user_id=ann.user_id, name="Ann"))
    counted["profile"] = asked() - before
    make = GrantRole(actor=Operator("tester"), user_id=ann.user_id, role="admin")
    await use_cases.grant_role(make)
    admin = replace(ann, roles=frozenset({ADMIN}))
    before = asked()
    await use_cases.grant_role(GrantRole(actor=admin, user_id=other, role="admin"))
    counted["grant"] = asked() - before
    before = asked()
    await use_cases.revoke_role(RevokeRole(actor=admin, user_id=other, role="admin"))
    counted["revoke"] = asked() - before
    return counted


async def test_few_round_trips_to_postgres(migrated_postgres_url: str) -> None:
    # pytest's own folders have paths that are too long for a Unix socket.
    with TemporaryDirectory() as folder:
        proxy = Proxy(migrated_postgres_url, Path(folder))
        async with proxy.listening(), running(proxy.url) as use_cases:
            counted = await count(use_cases, lambda: proxy.turns)

    # Sign-up: begin, the account, all else with the commit. Log-in: the credentials before, and
    # the account locked instead, and those of its sessions that are too many. Refresh: begin, the
    # session locked with its token, the next one, commit.
    # An act: begin, the account and whoever acts locked, the change, commit.
    expected = {"sign-up": 3, "log-in": 5, "refresh": 4, "profile": 4, "grant": 4, "revoke": 4}
    assert counted == expected


async def test_few_words_to_the_threads_of_sqlite(
    migrated_sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = 0
    execute: Callable[..., Awaitable[object]] = aiosqlite.Connection._execute

    async def counting(*args: object, **kwargs: object) -> object:
        nonlocal words
        words += 1
        return await execute(*args, **kwargs)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", counting)
    async with running(migrated_sqlite_url) as use_cases:
        counted = await count(use_cases, lambda: words)

    # Whatever comes first has BEGIN with it.
    expected = {"sign-up": 2, "log-in": 4, "refresh": 3, "profile": 3, "grant": 3, "revoke": 3}
    assert counted == expected
