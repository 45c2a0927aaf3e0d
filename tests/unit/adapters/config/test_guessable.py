import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.config.guessable import has_guessable_password, is_guessable


@pytest.mark.parametrize(
    "secret",
    [
        b"x" * 64,
        b"ab12" * 16,
        b"0123456789" * 4,
        b"kH3vT9qLz0Xw7Rb2kH3vT9qLz0Xw7Rb2",
        b"abcdefghijklmnopqrstuvwxyz0123456789",
        b"change-me-change-me-change-me-1234",
        b"YOUR-256-bit-SECRET-kH3vT9qLz0Xw7Rb2",
        b"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09" * 4,
    ],
)
def test_a_placeholder_or_a_pattern_can_be_guessed(secret: bytes) -> None:
    assert is_guessable(secret)


@given(st.binary(min_size=1, max_size=16), st.integers(2, 8))
def test_what_repeats_can_be_guessed(unit: bytes, times: int) -> None:
    assert is_guessable(unit * times)


def test_what_a_generator_makes_cannot() -> None:
    for _ in range(200):
        assert not is_guessable(secrets.token_bytes(32))
        assert not is_guessable(secrets.token_hex(32).encode())
        assert not is_guessable(secrets.token_urlsafe(48).encode())


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://postgres:postgres@h/n",
        "postgresql://app:app@h/n",
        "postgresql://app:%61pp@h/n",
        "postgresql://app:Password@h/n",
        "redis://:secret@h",
        "postgresql://h/n?user=app&password=app",
        "postgresql://app@h/n?password=app",
        "postgresql://app@h/n?password=%61pp",
        "postgresql://app@h/n?%70assword=app",
        "postgresql://h/n?password=postgres&user=app",
        "postgresql:///n?host=/run/postgresql&user=app&password=app",
        "postgresql://app:a-long-random-1f9c2a@h/n?password=app",
        "postgresql://app:app123@h/n",
        "postgresql://app:Password1!@h/n",
        "postgresql://app:orders@h/orders",
        "postgresql://app:db.example.org@db.example.org:5432/n",
        "postgresql://app:aaaaaaaaaaaaaaaa@h/n",
        "redis://h?password=redis",
        "redis+sentinel://:9f1c2ab77d@h/primary?sentinel_username=w&sentinel_password=w",
        "redis+sentinel://:primary@h/primary",
    ],
)
def test_a_password_that_everybody_tries_first_can_be_guessed(url: str) -> None:
    assert has_guessable_password(url)


@pytest.mark.parametrize(
    "url",
    [
        "memory://",
        "sqlite:////srv/armature.db",
        "postgresql:///n?host=/run/postgresql",
        "postgresql://app@h/n",
        "postgresql://app:9f1c2ab77d@h/n",
        "redis://h",
        "postgresql://h/n?user=app&password=9f1c2ab77d",
        "postgresql://app@h/app?sslmode=verify-full&passfile=/run/secrets/app",
        "redis+sentinel://:9f1c2ab77d@h/primary?sentinel_username=w&sentinel_password=8d7a1e",
    ],
)
def test_no_password_and_a_good_one_cannot(url: str) -> None:
    assert not has_guessable_password(url)
