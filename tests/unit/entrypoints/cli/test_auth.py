from dataclasses import replace

import pytest

from application.pagination import Page
from application.session.authenticate import Authenticate
from application.session.list_sessions import ListSessions
from application.session.log_in import LoggedIn, LogIn
from application.session.log_out import LogOut
from application.session.log_out_everywhere import LogOutEverywhere
from application.session.refresh_session import RefreshSession
from application.session.revoke_session import RevokeSession
from application.user.get_user import GetUser
from domain.session.errors import TokenInvalid
from tests.unit.entrypoints.cli.driving import (
    ACCOUNT,
    OPERATOR,
    SESSION,
    SESSION_ID,
    TOKENS,
    TOKENS_JSON,
    USER,
    USER_ID,
    USER_JSON,
    FakeRuntime,
    drive,
)

WHO = Authenticate(access_token="t")


def test_login_prints_the_tokens_whole(runtime: FakeRuntime) -> None:
    runtime.answers["log_in"] = LoggedIn(user=USER, tokens=TOKENS, device_token="d")
    args = ("auth", "login", "g@x.org", "--password-stdin")

    human = drive(runtime, *args, piped=b"Secret1x\n")
    script = drive(runtime, *args, "--json", piped=b"Secret1x\n")

    assert runtime.asked == [LogIn(email="g@x.org", password="Secret1x")] * 2
    assert f"token          {TOKENS.access_token}\n" in human.out
    assert script.json == {"user": USER_JSON, **TOKENS_JSON}


def test_refresh_exchanges_the_token_on_stdin(runtime: FakeRuntime) -> None:
    runtime.answers["refresh_session"] = TOKENS

    outcome = drive(runtime, "auth", "refresh", "--json", piped=b"r\n")

    assert runtime.asked == [RefreshSession(refresh_token="r")]
    assert outcome.json == TOKENS_JSON


@pytest.mark.parametrize("command", ["refresh", "logout", "logout-all", "verify"])
def test_a_token_is_never_an_argument(runtime: FakeRuntime, command: str) -> None:
    assert drive(runtime, "auth", command, "t0ken").code == 2
    assert runtime.asked == []


def test_logout_ends_the_session_of_the_token(runtime: FakeRuntime) -> None:
    runtime.answers.update(authenticate=ACCOUNT, log_out=None)

    outcome = drive(runtime, "auth", "logout", "--json", piped=b"t")

    assert runtime.asked == [WHO, LogOut(actor=ACCOUNT)]
    assert outcome.json == {"sessions_ended": 1}


def test_logout_all_ends_every_session(runtime: FakeRuntime) -> None:
    runtime.answers.update(authenticate=ACCOUNT, log_out_everywhere=4)

    outcome = drive(runtime, "auth", "logout-all", "--json", piped=b"t")

    assert runtime.asked == [WHO, LogOutEverywhere(actor=ACCOUNT, user_id=USER_ID)]
    assert outcome.json == {"sessions_ended": 4}


def test_verify_tells_who_a_token_speaks_for(runtime: FakeRuntime) -> None:
    runtime.answers["authenticate"] = [ACCOUNT, TokenInvalid()]

    good = drive(runtime, "auth", "verify", "--json", piped=b"t")
    bad = drive(runtime, "auth", "verify", piped=b"t")

    account = {"user_id": str(USER_ID), "session_id": str(SESSION_ID), "roles": ["admin"]}
    assert good.json == {"account": account}
    assert bad.code == 5


def test_sessions_are_listed(runtime: FakeRuntime) -> None:
    runtime.answers.update(get_user=USER, list_sessions=Page((SESSION,), "next"))

    human = drive(runtime, "sessions", "list", USER.email)
    script = drive(runtime, "sessions", "list", USER.email, "--json")

    asked = [
        GetUser(actor=OPERATOR, user=USER.email),
        ListSessions(actor=OPERATOR, user_id=USER_ID),
    ]
    assert runtime.asked == asked * 2
    assert human.out.splitlines()[1].split("  ")[0] == str(SESSION_ID)
    assert script.json["sessions"][0]["client_address"] == "203.0.113.9"
    assert script.json["sessions"][0]["last_used_at"] == "2026-01-02T12:00:00.250000Z"
    assert script.json["next_cursor"] == "next"
    assert "--cursor next" in human.err


def test_all_sessions_are_listed_to_the_end(runtime: FakeRuntime) -> None:
    runtime.answers["list_sessions"] = [Page((SESSION,), "next"), Page((SESSION,), None)]

    outcome = drive(runtime, "sessions", "list", str(USER_ID), "--all", "--json")

    first = ListSessions(actor=OPERATOR, user_id=USER_ID)
    assert runtime.asked == [first, replace(first, cursor="next")]
    assert len(outcome.json["sessions"]) == 2
    assert drive(runtime, "sessions", "list", str(USER_ID), "--all", "--limit", "2").code == 2


def test_one_session_is_revoked(runtime: FakeRuntime) -> None:
    runtime.answers["revoke_session"] = None

    outcome = drive(runtime, "sessions", "revoke", str(USER_ID), str(SESSION_ID), "--json")

    assert runtime.asked == [RevokeSession(actor=OPERATOR, user_id=USER_ID, session_id=SESSION_ID)]
    assert outcome.json == {"sessions_ended": 1}


def test_all_sessions_are_revoked(runtime: FakeRuntime) -> None:
    runtime.answers["log_out_everywhere"] = 2

    outcome = drive(runtime, "sessions", "revoke", str(USER_ID), "--all")

    assert runtime.asked == [LogOutEverywhere(actor=OPERATOR, user_id=USER_ID)]
    assert outcome.out == "Sessions ended: 2\n"


@pytest.mark.parametrize("args", [(), (str(SESSION_ID), "--all"), ("7",)])
def test_revoke_wants_one_session_or_all(runtime: FakeRuntime, args: tuple[str, ...]) -> None:
    assert drive(runtime, "sessions", "revoke", str(USER_ID), *args).code == 2
    assert runtime.asked == []
