import pytest

from application.user.close_account import CloseAccount
from application.user.register_user import RegisterUser
from application.user.replay_registration import Registered
from tests.unit.entrypoints.cli.driving import (
    ACCOUNT,
    OPERATOR,
    USER,
    USER_ID,
    FakeRuntime,
    drive,
)

REGISTER = ("users", "register", "g@x.org")
DELETE = ("users", "delete", str(USER_ID))


def test_a_new_password_is_asked_for_twice(runtime: FakeRuntime) -> None:
    runtime.answers["register_user"] = Registered(user=USER, tokens=None)

    outcome = drive(runtime, *REGISTER, typed="Secret1x\nSecret1x\n")

    assert runtime.asked == [
        RegisterUser(email="g@x.org", password="Secret1x", log_in=False, actor=OPERATOR)
    ]
    assert outcome.err.startswith("Password: The same again: ")
    assert "Secret1x" not in outcome.out + outcome.err


def test_two_passwords_that_differ_are_refused(runtime: FakeRuntime) -> None:
    outcome = drive(runtime, *REGISTER, typed="Secret1x\nSecret1y\n")

    assert outcome.code == 4
    assert "  password: The two entries are not the same." in outcome.err
    assert runtime.asked == []


def test_a_line_that_is_typed_has_an_end(runtime: FakeRuntime) -> None:
    outcome = drive(runtime, *REGISTER, typed="x" * 100_000)

    assert outcome.code == 3
    assert "more than 16384 characters" in outcome.err
    assert runtime.asked == []


def test_ctrl_d_cancels(runtime: FakeRuntime) -> None:
    assert drive(runtime, *REGISTER, typed="").code == 130


def test_without_a_terminal_a_password_needs_its_option(runtime: FakeRuntime) -> None:
    outcome = drive(runtime, *REGISTER, piped=b"Secret1x\n")

    assert outcome.code == 2
    assert "--password-stdin" in outcome.err


def test_a_token_is_asked_for_on_a_terminal(runtime: FakeRuntime) -> None:
    runtime.answers["authenticate"] = ACCOUNT

    outcome = drive(runtime, "auth", "verify", typed="t\n")

    assert outcome.code == 0
    assert outcome.err == "Access token: "


@pytest.mark.parametrize(
    ("piped", "password"),
    [
        (b"Secret1x", "Secret1x"),
        (b"Secret1x\n", "Secret1x"),
        (b"Secret1x\r\n", "Secret1x"),
        (b" Secret1x \n\n", " Secret1x \n"),
        ("Pässwört1".encode(), "Pässwört1"),
    ],
)
def test_one_newline_is_no_part_of_a_piped_password(
    runtime: FakeRuntime, piped: bytes, password: str
) -> None:
    runtime.answers["register_user"] = Registered(user=USER, tokens=None)

    drive(runtime, *REGISTER, "--password-stdin", piped=piped)

    assert runtime.asked == [
        RegisterUser(email="g@x.org", password=password, log_in=False, actor=OPERATOR)
    ]


@pytest.mark.parametrize("piped", [b"\xff\xfe", b"x" * 20_000], ids=["no UTF-8", "endless"])
def test_a_password_that_cannot_be_read_is_malformed(runtime: FakeRuntime, piped: bytes) -> None:
    outcome = drive(runtime, *REGISTER, "--password-stdin", piped=piped)

    assert outcome.code == 3
    assert "Standard input" in outcome.err
    assert runtime.asked == []


@pytest.mark.parametrize("answer", ["y\n", "YES\n"])
def test_yes_goes_on(runtime: FakeRuntime, answer: str) -> None:
    runtime.answers["close_account"] = None

    outcome = drive(runtime, *DELETE, typed=answer)

    assert outcome.code == 0
    assert runtime.asked == [CloseAccount(actor=OPERATOR, user_id=USER_ID)]
    assert f"Delete {USER_ID}? This cannot be undone. [y/N] " in outcome.err


@pytest.mark.parametrize("answer", ["", "\n", "n\n", "yep\n"])
def test_anything_but_yes_does_nothing(runtime: FakeRuntime, answer: str) -> None:
    assert drive(runtime, *DELETE, typed=answer).code == 130
    assert drive(runtime, "db", "downgrade", "base", typed=answer).code == 130
    assert runtime.asked == []


def test_without_a_terminal_nothing_is_deleted_unasked(runtime: FakeRuntime) -> None:
    assert drive(runtime, *DELETE, piped=b"y\n").code == 2
    assert drive(runtime, "db", "downgrade", "base", piped=b"y\n").code == 2
    assert runtime.asked == []
