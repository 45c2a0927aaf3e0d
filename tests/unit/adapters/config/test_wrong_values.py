import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.config.parsers import format_duration
from adapters.config.rules import RULES
from adapters.config.variables import VARIABLES
from application.invalid_settings import InvalidSettings
from tests.unit.adapters.config.loading import load, loaded, problems

WRONG = [
    ("APP_ENV", "prod"),
    ("HTTP_HOST", "a b"),
    ("HTTP_PORT", "0"),
    ("HTTP_PORT", "65536"),
    ("HTTP_PORT", "http"),
    ("HTTP_PORT", "\u0663"),
    ("HTTP_PORT", "-1"),
    ("HTTP_PORT", "9" * 5000),
    ("HTTP_WORKERS", "0"),
    ("METRICS_PORT", "65536"),
    ("DATABASE_URL", "armature.db"),
    ("DATABASE_POOL_MIN", "x"),
    ("DATABASE_POOL_MAX", "0"),
    ("DATABASE_PREPARE_THRESHOLD", "-1"),
    ("REDIS_URL", "localhost:6379"),
    ("REDIS_PREFIX", "x" * 65),
    ("REDIS_PREFIX", "a:b"),
    ("REDIS_PREFIX", "a{b}"),
    ("REDIS_PREFIX", "a*"),
    ("REDIS_PREFIX", "é"),
    ("CACHE_URL", "redis://host:port"),
    ("RATE_LIMIT_URL", "redis://host:port"),
    ("RATE_LIMITS", "auth=5"),
    ("JWT_SECRET", "x" * 31),
    ("JWT_KEYS", '{"keys": []}'),
    ("JWT_ISSUER", "a\nb"),
    ("JWT_AUDIENCE", "a b"),
    ("ACCESS_TOKEN_TTL", "0s"),
    ("ACCESS_TOKEN_TTL", "999999999d"),
    ("REFRESH_TOKEN_TTL", "never"),
    ("REFRESH_GRACE", "10"),
    ("SESSION_MAX_LIFETIME", "forever"),
    ("SESSIONS_PER_USER", "0"),
    ("ROLES", "Editor"),
    ("ROLES", "admin,,editor"),
    ("ROLES", "a" * 33),
    ("ROLES", ",".join(f"r{number}" for number in range(33))),
    ("PASSWORD_HASHER", "argon2id"),
    ("PASSWORD_POLICY", "upper"),
    ("BREACHED_PASSWORDS_URL", "api.example.com"),
    ("HASHING_THREADS", "0"),
    ("HASHING_QUEUE", "-1"),
    ("REQUEST_TIMEOUT", "0ms"),
    ("HEADER_TIMEOUT", "50ms"),
    ("STARTUP_TIMEOUT", "soon"),
    ("DRAIN_DELAY", "2"),
    ("SHUTDOWN_TIMEOUT", "1w"),
    ("LOG_LEVEL", "loud"),
    ("LOG_FORMAT", "xml"),
    ("SLOW_QUERY", "0s"),
    ("ALLOWED_HOSTS", "https://api.example.org"),
    ("ALLOWED_HOSTS", "api.example.org:443"),
    ("ALLOWED_HOSTS", "api.*.org"),
    ("TRUSTED_PROXIES", "10.0.0.1/8"),
    ("CORS_ALLOWED_ORIGINS", "*"),
    ("AUDIT_RETENTION", "0d"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_one_problem_that_begins_with_its_name(name: str, value: str) -> None:
    said = problems({name: value})

    assert len(said) == 1
    assert re.match(rf"{name}: .+\.$|{name}: .+`$", said[0])


def test_every_variable_has_a_wrong_value_above() -> None:
    assert {name for name, _ in WRONG} == {variable.name for variable in VARIABLES}


def test_all_problems_are_told_at_once_in_the_order_of_the_documentation() -> None:
    wrong = dict(WRONG)

    names = [said.partition(":")[0] for said in problems(wrong)]

    assert names == [variable.name for variable in VARIABLES]


@given(st.sampled_from([variable.name for variable in VARIABLES]), st.text(min_size=1))
def test_any_text_is_a_value_or_a_problem_of_that_variable(name: str, text: str) -> None:
    said: tuple[str, ...] = ()
    try:
        loaded({name: text})
    except InvalidSettings as error:
        said = error.problems

    # A value can be right in itself and wrong beside the others, as a lifetime of 1s is.
    beside = {f"{rule.names[0]}: {said}" for rule in RULES for said in (rule.error, rule.warning)}
    assert all(one.startswith(f"{name}: ") or one in beside for one in said)


@given(st.integers(1000, 999_999_999))
def test_a_duration_is_read_back_as_it_was_written(milliseconds: int) -> None:
    ttl = timedelta(milliseconds=milliseconds)

    assert load({"ACCESS_TOKEN_TTL": format_duration(ttl)}).tokens.access_ttl == ttl
