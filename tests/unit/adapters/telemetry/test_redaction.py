"""Secrets are planted wherever they can hide, and looked for in what comes out."""

import json
import logging
from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.telemetry.logs import _Formatter
from adapters.telemetry.redaction import REDACTED, redact, redact_text

SECRET = "Zq9-planted-Zq9"
JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiJabmFwIn0.Zq9planted_signature"

NAMES = [
    *("password", "old_password", "newPassword", "passwd", "passphrase", "PGPASSWORD"),
    *("secret", "JWT_SECRET", "client_secret", "token", "refresh_token", "access-token"),
    *("csrf_token", "X-CSRF-Token", "Authorization", "Proxy-Authorization", "cookie"),
    *("Set-Cookie", "api_key", "apiKey", "private_key", "signing_key", "credentials"),
    *("password_hash", "conninfo", "dsn"),
]
TEXTS = [
    f"Authorization: Bearer {SECRET}",
    f"authorization=Basic {SECRET}",
    f"password={SECRET} host=db",
    f"{{'refresh_token': '{SECRET}'}}",
    f'{{"password": "{SECRET}"}}',
    f"postgresql://app:{SECRET}@db/app",
    f"redis://:{SECRET}@cache:6379/0",
    f"cookie: __Host-access={SECRET}; Path=/",
    f"$argon2id$v=19$m=19456,t=2,p=1$c2FsdA${SECRET}",
    f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----",
]


@dataclass
class Box:
    note: object


class Struct(msgspec.Struct):
    note: object


def planted() -> st.SearchStrategy[object]:
    """Something with the secret in it, by its name or by its looks."""
    named = st.sampled_from(NAMES).flatmap(
        lambda name: st.sampled_from(
            [
                {name: SECRET},
                {name: {"deep": [SECRET]}},
                [(name, SECRET)],
                [(name.encode(), SECRET.encode())],
                {name: SECRET.encode()},
            ]
        )
    )
    looking = st.sampled_from(TEXTS).flatmap(lambda t: st.sampled_from([t, t.encode(), [t]]))
    return st.one_of(named, looking)


def wrapped(inside: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    name = st.sampled_from(["a", "context", "items", "request"])
    return st.one_of(
        inside.map(lambda value: [1, value]),
        inside.map(lambda value: ("x", value, None)),
        inside.map(Box),
        inside.map(Struct),
        st.tuples(name, inside).map(lambda pair: {pair[0]: pair[1], "n": 1}),
    )


ANYWHERE = st.recursive(planted(), wrapped, max_leaves=4)


@given(value=ANYWHERE)
def test_no_secret_comes_out_of_whatever_depth(value: object) -> None:
    assert SECRET not in str(redact(value))


@given(value=ANYWHERE, form=st.sampled_from(["json", "console"]))
def test_no_secret_gets_into_a_line(value: object, form: str) -> None:
    record = logging.makeLogRecord(
        {"name": "armature.test", "levelname": "INFO", "levelno": 20, "msg": "met %r"}
    )
    record.args = (redact(value),)
    record.context = value

    assert SECRET not in _Formatter(is_json=form == "json").format(record)


@pytest.mark.parametrize("form", ["json", "console"])
def test_no_secret_gets_into_a_traceback(form: str) -> None:
    error = ValueError(f"cannot connect: postgresql://app:{SECRET}@db/app")
    record = logging.makeLogRecord({"msg": "it failed", "exc_info": (ValueError, error, None)})

    line = _Formatter(is_json=form == "json").format(record)

    assert "cannot connect" in line
    assert SECRET not in line


@pytest.mark.parametrize("text", [JWT, f"met {JWT}.", JWT[:-10]])
def test_a_token_is_known_by_its_looks(text: str) -> None:
    assert "planted" not in redact_text(text)
    assert "eyJ" not in redact_text(text)


@pytest.mark.parametrize(
    "value",
    [
        {"method": "GET", "endpoint": "/api/v1/users/{id}", "status": 200},
        {"event": "ann registered", "user_id": "018f6b2e-7d1a-7c55-9f3e-2a6d5f0e9b41"},
        {"causes": ["from OperationalError: connection refused"], "retry_after": 2.5},
        {"url": "http://127.0.0.1:3000/docs", "monkey": "sees", "hashing": True, "n": None},
    ],
)
def test_what_is_no_secret_stays(value: dict[str, object]) -> None:
    assert redact(value) == value


def test_what_lies_too_deep_is_not_written_at_all() -> None:
    value: object = SECRET
    for _ in range(1000):
        value = [value]

    assert SECRET not in json.dumps(redact(value))
    assert REDACTED in json.dumps(redact(value))


def test_what_holds_itself_comes_to_an_end() -> None:
    value: list[object] = []
    value.append(value)

    redact(value)
