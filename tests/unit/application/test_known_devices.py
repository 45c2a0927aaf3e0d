from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.memory.fakes import SequentialIds
from application.limits.known_devices import LIFETIME, MAX_ACCOUNTS, KnownDevices

NOW = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
ANN, HASH = UUID(int=1), "$argon2id$ann"
DEVICES = KnownDevices(device_key=b"a key of these tests" * 2, ids=SequentialIds())


def issue(token: str | None = None, email: str = "ann@example.com", at: datetime = NOW) -> str:
    return DEVICES.issue(token, email, ANN, HASH, at)


def test_a_device_is_known_to_the_accounts_that_logged_in_there_and_to_no_other() -> None:
    device = DEVICES.read(issue(), NOW)
    assert device is not None

    assert DEVICES.is_known(device, "ann@example.com")
    assert DEVICES.is_owner(device, "ann@example.com", ANN, HASH)
    assert not DEVICES.is_known(device, "bob@example.com")
    assert not DEVICES.is_owner(device, "bob@example.com", ANN, HASH)


def test_another_owner_of_the_address_and_another_password_have_no_known_device() -> None:
    device = DEVICES.read(issue(), NOW)
    assert device is not None

    assert not DEVICES.is_owner(device, "ann@example.com", UUID(int=2), HASH)
    assert not DEVICES.is_owner(device, "ann@example.com", ANN, "$argon2id$new")


def test_a_device_keeps_its_id_and_the_newest_five_accounts() -> None:
    emails = [f"{number}@example.com" for number in range(MAX_ACCOUNTS + 2)]
    token = issue(email="first@example.com")
    first = DEVICES.read(token, NOW)
    for email in [*emails, emails[3]]:
        token = issue(token, email)
    device = DEVICES.read(token, NOW)

    assert first is not None
    assert device is not None
    assert device.id == first.id
    assert [email for email in emails if DEVICES.is_known(device, email)] == emails[2:]
    assert len(device.accounts) == MAX_ACCOUNTS
    assert len(token) < 256


def test_a_token_works_for_400_days_after_the_last_log_in() -> None:
    token = issue()
    last = NOW + LIFETIME - timedelta(seconds=1)

    assert timedelta(days=400) == LIFETIME
    assert DEVICES.read(token, last)
    assert DEVICES.read(token, NOW + LIFETIME) is None
    assert DEVICES.read(issue(token, at=last), NOW + LIFETIME)


@pytest.mark.parametrize("length", [0, 1, 107, 109, 236, 100_000])
def test_what_has_another_form_is_no_device(length: int) -> None:
    assert DEVICES.read("A" * length, NOW) is None


@given(st.integers(0, 107), st.sampled_from("ABab01-_"))
def test_no_character_of_a_token_can_be_changed(at: int, other: str) -> None:
    token = issue()
    changed = token[:at] + other + token[at + 1 :]

    assert (DEVICES.read(changed, NOW) is None) is (changed != token)


def test_a_token_of_another_key_is_no_device() -> None:
    others = KnownDevices(device_key=b"another key" * 3, ids=SequentialIds())

    assert others.read(issue(), NOW) is None
    assert DEVICES.read(others.issue(None, "ann@example.com", ANN, HASH, NOW), NOW) is None


def test_a_token_says_nothing_of_who_logged_in() -> None:
    assert issue() != issue()
    assert "ann" not in issue()
