from collections.abc import Mapping
from datetime import timedelta
from ipaddress import ip_network

import pytest

from adapters.config.variables import VARIABLES
from application.settings import (
    DatabaseSettings,
    Environment,
    HttpSettings,
    LimitSettings,
    LogSettings,
)
from tests.unit.adapters.config.loading import PRODUCTION, SECRET, load, loaded, problems

UNVERIFIED = "ssl_cert_reqs=none"


def test_an_empty_environment_gives_the_defaults_of_the_design() -> None:
    settings = load({})

    assert settings.environment is Environment.DEVELOPMENT
    assert settings.http == HttpSettings(host="127.0.0.1", port=3000, workers=1)
    assert settings.database == DatabaseSettings()
    assert settings.cache_url == "memory://"
    assert settings.redis_prefix == "armature"
    assert settings.rate_limits == LimitSettings()
    assert settings.tokens.access_ttl == timedelta(minutes=15)
    assert settings.tokens.refresh_ttl == timedelta(days=30)
    assert settings.tokens.refresh_grace == timedelta(seconds=10)
    assert settings.passwords.hasher == "argon2id://?m=19456&t=2&p=1"
    assert settings.passwords.threads >= 1
    assert settings.request_timeout == timedelta(seconds=10)
    assert settings.drain_delay == timedelta(seconds=2)
    assert settings.shutdown_timeout == timedelta(seconds=30)
    assert (settings.log.level, settings.log.format) == ("info", "console")
    assert settings.allowed_hosts == ()


def test_every_variable_is_read() -> None:
    settings = load(
        {
            "APP_ENV": "Staging",
            "HTTP_HOST": "::",
            "HTTP_PORT": "8080",
            "HTTP_WORKERS": "4",
            "METRICS_PORT": "0",
            "DATABASE_URL": "postgresql://u:p@h/n",
            "DATABASE_POOL_MIN": "2",
            "DATABASE_POOL_MAX": "20",
            "DATABASE_PREPARE_THRESHOLD": "0",
            "CACHE_URL": "none://",
            "REDIS_PREFIX": "acme-id_2.0",
            "RATE_LIMIT_URL": "none://",
            "RATE_LIMITS": "login=off",
            "JWT_ISSUER": "https://id.example.org",
            "JWT_AUDIENCE": "api",
            "ACCESS_TOKEN_TTL": "5m",
            "REFRESH_TOKEN_TTL": "7d",
            "REFRESH_GRACE": "0s",
            "PASSWORD_HASHER": "argon2id://?m=64&t=1&p=1",
            "PASSWORD_POLICY": "rules://",
            "HASHING_THREADS": "3",
            "HASHING_QUEUE": "0",
            "REQUEST_TIMEOUT": "500ms",
            "HEADER_TIMEOUT": "75s",
            "STARTUP_TIMEOUT": "0s",
            "DRAIN_DELAY": "0s",
            "SHUTDOWN_TIMEOUT": "1m",
            "LOG_LEVEL": "WARNING",
            "LOG_FORMAT": "console",
            "SLOW_QUERY": "1s",
            "ALLOWED_HOSTS": " API.example.org, *.example.net ,,127.0.0.1,::1",
            "TRUSTED_PROXIES": "10.0.0.0/8",
            "CORS_ALLOWED_ORIGINS": "https://app.example.org",
            "AUDIT_RETENTION": "90d",
        }
    )

    assert settings.environment is Environment.STAGING
    assert settings.audit_retention == timedelta(days=90)
    assert settings.http == HttpSettings(
        host="::",
        port=8080,
        workers=4,
        metrics_port=None,
        header_timeout=timedelta(seconds=75),
        trusted_proxies=(ip_network("10.0.0.0/8"),),
        cors_origins=("https://app.example.org",),
    )
    assert settings.database == DatabaseSettings(
        url="postgresql://u:p@h/n",
        is_default=False,
        pool_min=2,
        pool_max=20,
        prepare_threshold=0,
    )
    assert settings.cache_url == "none://"
    assert settings.redis_prefix == "acme-id_2.0"
    assert settings.rate_limits.url == "none://"
    assert settings.rate_limits.limits["login"] is None
    assert settings.tokens.secret == SECRET.encode()
    assert (settings.tokens.issuer, settings.tokens.audiences) == (
        *("https://id.example.org", ("api",)),
    )
    assert settings.tokens.access_ttl == timedelta(minutes=5)
    assert settings.tokens.refresh_ttl == timedelta(days=7)
    assert settings.tokens.refresh_grace == timedelta(0)
    assert settings.passwords.hasher == "argon2id://?m=64&t=1&p=1"
    assert settings.passwords.policy == "rules://"
    assert (settings.passwords.threads, settings.passwords.queue) == (3, 0)
    assert settings.request_timeout == timedelta(milliseconds=500)
    assert settings.drain_delay == timedelta(0)
    assert settings.shutdown_timeout == timedelta(minutes=1)
    assert settings.log == LogSettings(
        level="warning", format="console", slow_query=timedelta(seconds=1)
    )
    assert settings.allowed_hosts == ("api.example.org", "*.example.net", "127.0.0.1", "::1")


def test_a_variable_that_is_set_but_empty_has_its_default() -> None:
    empty = {variable.name: "" for variable in VARIABLES if variable.name != "JWT_SECRET"}

    assert load(empty) == load({})
    assert load({f"{name}_FILE": "" for name in empty}) == load({})


def test_only_a_database_that_nobody_chose_is_the_default() -> None:
    assert load({}).database.is_default is True
    assert load({"DATABASE_URL": "sqlite:///var/armature.db"}).database.is_default is False


def test_cache_and_limiter_are_the_redis_unless_others_were_chosen() -> None:
    redis = {"REDIS_URL": "redis://h"}

    assert load(redis).cache_url == "redis://h"
    assert load({**redis, "CACHE_URL": "none://"}).cache_url == "none://"
    assert load(redis).rate_limits.url == "redis://h"
    assert load({**redis, "RATE_LIMIT_URL": "none://"}).rate_limits.url == "none://"


def test_common_passwords_are_refused_in_production_unless_another_policy_was_chosen() -> None:
    assert load({}).passwords.policy == "rules://upper,lower,digit"
    assert load(PRODUCTION).passwords.policy == "rules://upper,lower,digit,uncommon"
    assert load({**PRODUCTION, "PASSWORD_POLICY": "rules://"}).passwords.policy == "rules://"


def test_logs_are_for_people_in_development_only() -> None:
    assert load({"APP_ENV": "test"}).log.format == "json"
    assert load(PRODUCTION).log.format == "json"


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"DATABASE_POOL_MIN": "5", "DATABASE_POOL_MAX": "4"}, "DATABASE_POOL_MAX"),
        ({"ACCESS_TOKEN_TTL": "1h", "REFRESH_TOKEN_TTL": "1h"}, "REFRESH_TOKEN_TTL"),
        (
            {"ACCESS_TOKEN_TTL": "1s", "REFRESH_TOKEN_TTL": "5s", "REFRESH_GRACE": "5s"},
            "REFRESH_GRACE",
        ),
        ({"DATABASE_URL": "memory://", "HTTP_WORKERS": "2"}, "DATABASE_URL"),
        ({"APP_ENV": "test", "DATABASE_URL": "MEMORY://", "HTTP_WORKERS": "2"}, "DATABASE_URL"),
        ({**PRODUCTION, "DATABASE_URL": "memory://"}, "DATABASE_URL"),
        ({**PRODUCTION, "ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({**PRODUCTION, "ALLOWED_HOSTS": " , "}, "ALLOWED_HOSTS"),
        ({**PRODUCTION, "PASSWORD_HASHER": "plain://"}, "PASSWORD_HASHER"),
        ({**PRODUCTION, "HTTP_WORKERS": "2", "RATE_LIMIT_URL": "none://"}, "CACHE_URL"),
        ({**PRODUCTION, "HTTP_WORKERS": "2", "CACHE_URL": "none://"}, "RATE_LIMIT_URL"),
        ({**PRODUCTION, "JWT_SECRET": ""}, "JWT_SECRET"),
        ({**PRODUCTION, "APP_ENV": "staging", "JWT_SECRET": ""}, "JWT_SECRET"),
        ({**PRODUCTION, "JWT_SECRET": "x" * 64}, "JWT_SECRET"),
        ({**PRODUCTION, "JWT_SECRET": "change-me-change-me-change-me-1234"}, "JWT_SECRET"),
        ({**PRODUCTION, "JWT_SECRET": "your-256-bit-secret-0123456789abc"}, "JWT_SECRET"),
        ({**PRODUCTION, "DATABASE_URL": "postgresql://app:app@h/n"}, "DATABASE_URL"),
        ({**PRODUCTION, "DATABASE_URL": "postgresql://app@h/n?password=app"}, "DATABASE_URL"),
        ({**PRODUCTION, "BREACHED_PASSWORDS_URL": "https://a:a@h"}, "BREACHED_PASSWORDS_URL"),
        ({**PRODUCTION, "ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({**PRODUCTION, "ALLOWED_HOSTS": "api.example.org,*"}, "ALLOWED_HOSTS"),
        ({**PRODUCTION, "ALLOWED_HOSTS": "*.com"}, "ALLOWED_HOSTS"),
        *(
            ({**PRODUCTION, "CORS_ALLOWED_ORIGINS": origin}, "CORS_ALLOWED_ORIGINS")
            for origin in (
                *("http://app.example.org", "https://app.example.org,http://app.example.net"),
                *("http://localhost:5173", "https://localhost", "https://app.localhost:8443"),
                *("https://127.0.0.1", "https://127.9.9.9:1", "https://[::1]:8443"),
            )
        ),
        ({**PRODUCTION, "CACHE_URL": "redis://:Redis@h"}, "CACHE_URL"),
        ({**PRODUCTION, "RATE_LIMIT_URL": "redis://:Redis@h"}, "RATE_LIMIT_URL"),
        ({**PRODUCTION, "CACHE_URL": f"rediss://h?{UNVERIFIED}"}, "CACHE_URL"),
        ({**PRODUCTION, "CACHE_URL": f"rediss+cluster://h?x=1&{UNVERIFIED}"}, "CACHE_URL"),
        ({**PRODUCTION, "CACHE_URL": "rediss://h?ssl_cert_reqs=n%6Fne"}, "CACHE_URL"),
        ({**PRODUCTION, "RATE_LIMIT_URL": f"rediss://h?{UNVERIFIED}"}, "RATE_LIMIT_URL"),
    ],
)
def test_what_does_not_go_together_is_refused(environ: Mapping[str, str], name: str) -> None:
    said = problems(environ)

    assert [one.partition(":")[0] for one in said] == [name]


@pytest.mark.parametrize(
    ("environ", "how"),
    [
        ({**PRODUCTION, "JWT_SECRET": ""}, "`openssl rand -base64 48`"),
        ({**PRODUCTION, "JWT_SECRET": "short"}, "`openssl rand -base64 48`"),
        ({**PRODUCTION, "JWT_SECRET": "0123456789" * 4}, "`openssl rand -base64 48`"),
        ({**PRODUCTION, "DATABASE_URL": "postgresql://a:a@h/n"}, "`openssl rand -hex 24`"),
    ],
)
def test_who_has_a_weak_secret_is_told_how_to_make_a_good_one(
    environ: Mapping[str, str], how: str
) -> None:
    (said,) = problems(environ)

    assert how in said


def test_production_starts_with_what_it_needs() -> None:
    assert load(PRODUCTION).environment is Environment.PRODUCTION
    assert load({**PRODUCTION, "HTTP_WORKERS": "4", "REDIS_URL": "redis://h"}).http.workers == 4


def test_a_cache_or_limiter_for_each_worker_is_a_warning_outside_production() -> None:
    of_cache, of_limiter = loaded({"HTTP_WORKERS": "2"}).warnings

    assert of_cache.startswith("CACHE_URL: ")
    assert of_limiter.startswith("RATE_LIMIT_URL: ")
    assert loaded({}).warnings == ()
    none = {"CACHE_URL": "none://", "RATE_LIMIT_URL": "none://"}
    assert loaded({"HTTP_WORKERS": "2", **none}).warnings == ()


def test_a_redis_that_is_not_verified_is_a_warning_outside_production() -> None:
    url = f"rediss://h?{UNVERIFIED}"

    warnings = loaded({"CACHE_URL": url, "RATE_LIMIT_URL": url}).warnings

    assert [said.partition(":")[0] for said in warnings] == ["CACHE_URL", "RATE_LIMIT_URL"]
    assert all("ssl_cert_reqs=none" in said for said in warnings)
    assert loaded({"REDIS_URL": "rediss://h?ssl_ca_certs=/ca.pem"}).warnings == ()


def test_a_problem_of_redis_is_named_after_the_variable_that_was_set() -> None:
    url = f"rediss://:redis@h?{UNVERIFIED}"

    def names(**environ: str) -> list[str]:
        return [said.partition(":")[0] for said in problems({**PRODUCTION, **environ})]

    assert names(REDIS_URL=url) == ["REDIS_URL", "REDIS_URL"]
    assert names(REDIS_URL=url, CACHE_URL="none://") == ["REDIS_URL", "REDIS_URL"]
    assert names(REDIS_URL=url, CACHE_URL=url) == [
        *("CACHE_URL", "REDIS_URL", "CACHE_URL", "REDIS_URL")
    ]
    assert names(CACHE_URL=url) == ["CACHE_URL", "CACHE_URL"]


def test_a_rule_is_silent_about_what_could_not_be_read() -> None:
    assert len(problems({"DATABASE_POOL_MIN": "x", "DATABASE_POOL_MAX": "1"})) == 1
    assert len(problems({**PRODUCTION, "HTTP_WORKERS": "2", "REDIS_URL": "x"})) == 1


def test_tokens_that_would_outlive_their_session_are_a_warning() -> None:
    (warning,) = loaded({"REFRESH_TOKEN_TTL": "91d"}).warnings

    assert warning.startswith("REFRESH_TOKEN_TTL: ")
    assert "SESSION_MAX_LIFETIME" in warning
    assert loaded({"REFRESH_TOKEN_TTL": "91d", "SESSION_MAX_LIFETIME": "91d"}).warnings == ()


def test_sessions_are_bounded_in_time_and_number() -> None:
    tokens = load({"SESSION_MAX_LIFETIME": "1d", "SESSIONS_PER_USER": "3"}).tokens

    assert (tokens.session_max_lifetime, tokens.sessions_per_user) == (timedelta(days=1), 3)
    assert load({}).tokens.session_max_lifetime == timedelta(days=90)
    assert load({}).tokens.sessions_per_user == 100


def test_what_production_refuses_of_hosts_and_origins_is_for_development() -> None:
    wide = {"ALLOWED_HOSTS": "*", "CORS_ALLOWED_ORIGINS": "http://localhost:5173"}

    assert load(wide).allowed_hosts == ("*",)
    narrow = {
        "ALLOWED_HOSTS": "*.example.org,api.example.org,10.0.0.7",
        "CORS_ALLOWED_ORIGINS": "https://app.example.org:8443,https://[2001:db8::1]",
    }
    assert load({**PRODUCTION, **narrow}).allowed_hosts[0] == "*.example.org"


@pytest.mark.parametrize(
    ("text", "audiences"),
    [
        ("api", ("api",)),
        ("api,https://pay.example.org,urn:x:y", ("api", "https://pay.example.org", "urn:x:y")),
        (",".join(map(str, range(16))), tuple(map(str, range(16)))),
    ],
)
def test_audiences_are_a_list(text: str, audiences: tuple[str, ...]) -> None:
    assert load({"JWT_AUDIENCE": text}).tokens.audiences == audiences


@pytest.mark.parametrize("name", ["JWT_AUDIENCE", "JWT_ISSUER"])
@pytest.mark.parametrize(
    "text",
    [
        *(
            "a b",
            "a, b",
            " a",
            "a,",
            ",a",
            "a,,b",
            ",",
            "a\tb",
            'a"b',
            "a\\b",
            "ä",
            ":a",
            "1:a",
            "x" * 256,
        )
    ],
)
def test_an_issuer_or_audience_that_no_token_should_have_is_refused(name: str, text: str) -> None:
    (said,) = problems({name: text})

    assert said.startswith(f"{name}: ")


@pytest.mark.parametrize(
    "text", ["a,a", ",".join(map(str, range(17))), ",".join(f"{n}{'x' * 200}" for n in range(6))]
)
def test_audiences_are_few_and_each_is_named_once(text: str) -> None:
    (said,) = problems({"JWT_AUDIENCE": text})

    assert "at most" in said


def test_the_roles_that_exist_are_listed_and_admin_is_always_one() -> None:
    assert str(load({"ROLES": "writer, editor"}).roles) == "admin, editor, writer"
    assert str(load({}).roles) == "admin"
