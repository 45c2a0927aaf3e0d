from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID

import pytest
from litestar.types import HTTPScope

from application.settings import Settings
from entrypoints.http.cookies.csrf import LIFETIME, CsrfTokens
from entrypoints.http.cookies.sessions import CookieSessions
from entrypoints.http.errors.catalogue import CsrfFailed
from tests.unit.settings import some_settings

SESSION = UUID(int=7)


def scope(token: str) -> HTTPScope:
    return cast("HTTPScope", {"headers": [(b"x-csrf-token", token.encode())]})


def test_processes_with_one_secret_take_each_others_tokens() -> None:
    one, two = CookieSessions.of(some_settings()), CookieSessions.of(some_settings())

    two.csrf.check(scope(one.csrf.issue(SESSION)), SESSION)


def test_a_key_that_nobody_gave_is_shared_with_nobody() -> None:
    with pytest.raises(CsrfFailed):
        CsrfTokens().check(scope(CsrfTokens().issue(SESSION)), SESSION)


def test_the_key_is_derived_and_hidden() -> None:
    settings: Settings = some_settings()
    cookie_sessions = CookieSessions.of(settings)

    assert cookie_sessions.csrf.key != settings.tokens.secret
    assert str(cookie_sessions.csrf.key) not in repr(cookie_sessions)


def test_tokens_of_one_session_have_nothing_in_common() -> None:
    """What is the same in every answer can be guessed by its compressed size (BREACH)."""
    tokens = CsrfTokens()
    issued = [tokens.issue(SESSION) for _ in range(200)]

    # 20 bytes of nonce are 26 characters, 32 of MAC are 42; between is when they end.
    for place in (*range(26), *range(38, 80)):
        commonest = Counter(token[place] for token in issued).most_common(1)[0][1]
        assert commonest < 30, place


def test_a_token_ends_to_the_second() -> None:
    began = datetime(2026, 1, 1, 12, 0, 0, 500_000, tzinfo=UTC)
    token = CsrfTokens(key=b"k" * 32, now=lambda: began).issue(SESSION)

    def check(after: timedelta) -> None:
        CsrfTokens(key=b"k" * 32, now=lambda: began + after).check(scope(token), SESSION)

    check(LIFETIME - timedelta(seconds=1))
    with pytest.raises(CsrfFailed):
        check(LIFETIME)
