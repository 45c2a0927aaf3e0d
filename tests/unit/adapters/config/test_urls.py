from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.config.urls import HIDDEN, parse_url, redact


@pytest.mark.parametrize(
    "url",
    [
        "memory://",
        "sqlite:///var/armature.db",
        "sqlite:////abs/armature.db",
        "postgresql://user:p%40ss@[::1]:5432/name?sslmode=require",
        "postgresql:///name?host=/run/postgresql",
        "redis+cluster://:pw@a:1,b:2,[::1]:3",
        "rules://upper,lower,digit",
        "argon2id://?m=19456&t=2&p=1",
        "mine.scheme-2://anything/at:all@here",
    ],
)
def test_a_url_of_any_scheme_can_be_read(url: str) -> None:
    assert parse_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "armature.db",
        "sqlite:var/armature.db",
        "://host",
        "1a://host",
        "redis://ho st",
        "redis://host\n",
        "redis://host\0",
        "redis://u:100%@host",
        "redis://u:p%zz@host",
        "redis://u:p#w@host",
        "redis://u:p/w@host",
        "redis://u:p?w@host",
        "redis://u:p@w@host",
        "redis://host:port",
        "redis://host:0",
        "redis://host:65536",
        "redis://[::1",
        "redis://::1",
        "redis://[zz]/",
    ],
)
def test_a_url_that_cannot_be_read_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        parse_url(url)


PASSWORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1).map(
    lambda text: f"hunter2{text}"
)


@given(PASSWORDS)
def test_a_well_written_password_is_hidden(password: str) -> None:
    shown = redact(f"postgresql://user:{quote(password, safe='')}@host:5432/name?sslmode=require")

    assert shown == f"postgresql://user:{HIDDEN}@host:5432/name?sslmode=require"


@given(PASSWORDS)
def test_a_badly_written_password_is_hidden_too(password: str) -> None:
    assert "hunter2" not in redact(f"postgresql://user:{password}@host:5432/name")


@given(PASSWORDS)
def test_what_is_said_of_a_bad_url_repeats_nothing_of_it(password: str) -> None:
    said = ""
    try:
        parse_url(f"postgresql://user:{password}@host:5432/name")
    except ValueError as error:
        said = str(error)

    assert "hunter2" not in said


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("memory://", "memory://"),
        ("memory://?entries=5", "memory://?entries=5"),
        ("sqlite:///var/armature.db", "sqlite:///var/armature.db"),
        ("sqlite:////abs.db", "sqlite:////abs.db"),
        ("rules://upper,lower", "rules://upper,lower"),
        ("redis://:pw@host", "redis://:***@host"),
        ("redis://user@host", "redis://user@host"),
        ("redis://h?sentinel_password=pw&max_connections=5", None),
        ("postgresql://h/n?password=pw&sslkey=k", "postgresql://h/n?password=***&sslkey=***"),
        (
            "https://h/?authorization=a&sig=b&pwd=c&credential=d",
            "https://h/?authorization=***&sig=***&pwd=***&credential=***",
        ),
        ("nonsense pw", HIDDEN),
    ],
)
def test_what_is_no_secret_is_shown(url: str, shown: str | None) -> None:
    expected = shown or "redis://h?sentinel_password=***&max_connections=5"

    assert redact(url) == expected
