from collections.abc import Mapping
from dataclasses import replace
from ipaddress import ip_network

import pytest

from application.doctor.configuration import as_production, diagnose
from application.doctor.deployment import check_deployment
from application.doctor.finding import State
from application.invalid_settings import InvalidSettings
from application.settings import (
    DatabaseSettings,
    Environment,
    HttpSettings,
    LogSettings,
    Settings,
)
from tests.unit.application.doctor.patient import HEALTHY

READY = replace(
    HEALTHY,
    environment=Environment.PRODUCTION,
    http=HttpSettings(host="10.0.0.2", trusted_proxies=(ip_network("10.0.0.1"),)),
    database=DatabaseSettings(url="postgresql://u:p@db.example/x?sslmode=verify-full"),
    cache_url="rediss://:p@redis.example",
    passwords=replace(
        HEALTHY.passwords, policy="rules://uncommon", breaches_url="https://breaches.example"
    ),
    log=LogSettings(format="json"),
)


def found(settings: Settings) -> list[tuple[str, State]]:
    return [(each.check, each.state) for each in check_deployment(settings, in_production=True)]


def test_a_careful_deployment_has_nothing_to_be_told() -> None:
    assert found(READY) == []


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        (replace(READY, http=replace(READY.http, trusted_proxies=())), "TRUSTED_PROXIES"),
        (replace(READY, http=replace(READY.http, metrics_port=None)), "METRICS_PORT"),
        (replace(READY, log=LogSettings()), "LOG_FORMAT"),
        (replace(READY, log=LogSettings(format="json", level="debug")), "LOG_LEVEL"),
        (replace(READY, cache_url="redis://:p@redis.example:6379/1"), "CACHE_URL"),
        (replace(READY, cache_url="redis+cluster://localhost:1,far:2"), "CACHE_URL"),
        *(
            (replace(READY, database=DatabaseSettings(url=url)), "DATABASE_URL")
            for url in ("postgresql://db/x", "postgres://u:p@10.0.0.3:5432/x?sslmode=require")
        ),
        *(
            (replace(READY, passwords=replace(READY.passwords, **change)), name)
            for change, name in (
                ({"policy": "rules://upper"}, "PASSWORD_POLICY"),
                ({"hasher": "argon2id://?m=12288&t=2"}, "PASSWORD_HASHER"),
                ({"breaches_url": None}, "BREACHED_PASSWORDS_URL"),
            )
        ),
        (
            replace(READY, rate_limits=replace(READY.rate_limits, url="redis://redis.example")),
            "RATE_LIMIT_URL",
        ),
    ],
)
def test_what_a_careful_operator_would_ask_about_is_a_warning(
    settings: Settings, name: str
) -> None:
    assert found(settings) == [(name, State.WARNING)]


@pytest.mark.parametrize(
    "settings",
    [
        replace(READY, cache_url="redis://127.0.0.1:6379"),
        replace(READY, cache_url="redis://[::1]:6379"),
        replace(READY, cache_url="unix:///run/redis.sock"),
        replace(READY, database=DatabaseSettings(url="postgresql:///x?host=/run/postgresql")),
        replace(READY, passwords=replace(READY.passwords, hasher="argon2id://?m=9216&t=4")),
    ],
)
def test_what_stays_on_the_machine_needs_no_tls(settings: Settings) -> None:
    assert found(settings) == []


@pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.1"])
def test_an_address_that_is_often_not_meant_is_a_hint(host: str) -> None:
    assert found(replace(READY, http=replace(READY.http, host=host))) == [("HTTP_HOST", State.HINT)]


def test_a_finding_is_named_after_the_variable_that_was_set() -> None:
    settings = replace(
        READY, cache_url="redis://redis.example", inherited={"CACHE_URL": "REDIS_URL"}
    )

    assert found(settings) == [("REDIS_URL", State.WARNING)]


def test_allowed_hosts_without_proxies_are_a_hint_outside_of_production() -> None:
    settings = replace(HEALTHY, allowed_hosts=("api.example",))

    assert [each.check for each in check_deployment(settings, in_production=False)] == [
        "TRUSTED_PROXIES"
    ]


def test_what_production_would_refuse_is_examined_all_the_same() -> None:
    production = replace(HEALTHY, environment=Environment.PRODUCTION)
    nameless = replace(production, tokens=replace(HEALTHY.tokens, secret=b""))

    def read(environ: Mapping[str, str]) -> tuple[Settings, tuple[str, ...]]:
        if environ == {"APP_ENV": "production"}:
            raise InvalidSettings(("ALLOWED_HOSTS: list them.",), nameless)
        return HEALTHY, ("a warning",)

    def build(settings: Settings) -> None:
        assert settings.tokens.secret
        raise InvalidSettings((f"JWT_KEYS: not in {settings.environment}.",))

    here = diagnose({"APP_ENV_FILE": "x"}, read, (build,))
    there = diagnose(as_production({"APP_ENV_FILE": "x"}), read, (build,))

    assert (here.problems, here.warnings) == (("JWT_KEYS: not in test.",), ("a warning",))
    assert there.problems == ("ALLOWED_HOSTS: list them.", "JWT_KEYS: not in production.")
    assert there.settings == nameless


def test_a_value_that_cannot_be_read_leaves_nothing_to_examine() -> None:
    def read(_: Mapping[str, str]) -> tuple[Settings, tuple[str, ...]]:
        raise InvalidSettings(("HTTP_PORT: use a number.",))

    assert diagnose({}, read, ()).settings is None
