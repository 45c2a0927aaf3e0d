"""Connection parameters as libpq has them: what it would refuse is refused before it is asked."""

import os
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from adapters.postgres.conninfo import _CHOICES, conninfo_of
from application.invalid_settings import InvalidSettings

ADDRESS = "postgresql://user:hunter2@127.0.0.1:1/name"


def problems_of(query: str, address: str = ADDRESS) -> str:
    problems: tuple[str, ...] = ()
    try:
        conninfo_of(f"{address}?{query}")
    except InvalidSettings as wrong:
        problems = wrong.problems
    assert "hunter2" not in str(problems)
    assert all(problem.startswith("DATABASE_URL: ") for problem in problems)
    return " ".join(problems)


@pytest.mark.parametrize(
    ("query", "instead"),
    [
        ("schema=public", "schema is no parameter of libpq: remove it; `ALTER ROLE"),
        ("currentSchema=app", "ALTER ROLE"),
        ("search_path=app", "ALTER ROLE"),
        ("pgbouncer=true", "DATABASE_PREPARE_THRESHOLD=0"),
        ("prepareThreshold=0", "DATABASE_PREPARE_THRESHOLD=0"),
        ("statement_cache_size=0", "DATABASE_PREPARE_THRESHOLD=0"),
        ("connection_limit=5", "DATABASE_POOL_MAX"),
        ("pool_size=5", "DATABASE_POOL_MAX"),
        ("pool_timeout=5", "REQUEST_TIMEOUT"),
        ("socket_timeout=5", "REQUEST_TIMEOUT"),
        ("statement_timeout=5", "REQUEST_TIMEOUT"),
        ("connectTimeout=5", "connect_timeout"),
        ("ssl=1", "sslmode=require"),
        ("ssl=false", "sslmode=require"),
        ("sslaccept=strict", "sslmode=verify-full"),
        ("sslMode=require", "write sslmode."),
        ("ssl_ca=/x", "sslrootcert"),
        ("applicationName=x", "write application_name."),
        ("targetServerType=primary", "target_session_attrs"),
        ("keepalive_idle=5", "write keepalives_idle."),
        ("charset=utf8", "UTF-8"),
        ("zzzzzz=1", "zzzzzz is no parameter of libpq: remove it."),
        ("hunter2%20x=1", "a name in its query"),
    ],
)
def test_a_parameter_of_other_drivers_is_named_with_what_to_write(query: str, instead: str) -> None:
    assert instead in problems_of(query)


def test_every_problem_is_told_at_once() -> None:
    told = problems_of("schema=public&pgbouncer=true&sslmode=require")

    assert "schema is" in told
    assert "pgbouncer is" in told


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("sslmode=required", "did you mean require?"),
        ("sslmode=no-verify", "did you mean require?"),
        ("sslmode=verify_full", "did you mean verify-full?"),
        ("sslmode=REQUIRE", "sslmode is one of disable, allow, prefer, require"),
        ("sslmode=", "sslmode is one of"),
        ("target_session_attrs=readwrite", "did you mean read-write?"),
        ("channel_binding=on", "channel_binding is one of"),
        ("gssencmode=off", "gssencmode is one of"),
        ("load_balance_hosts=true", "load_balance_hosts is one of"),
        ("sslnegotiation=fast", "sslnegotiation is one of"),
        ("sslnegotiation=direct", "needs sslmode=require"),
        ("sslcertmode=x", "sslcertmode is one of"),
        ("ssl_min_protocol_version=1.2", "ssl_min_protocol_version is one of"),
        ("ssl_max_protocol_version=TLSv1.1", "TLSv1.2 by default"),
        ("require_auth=scram", "require_auth is a list of"),
        ("connect_timeout=5s", "connect_timeout is a whole number, in seconds"),
        ("keepalives_idle=30s", "keepalives_idle is a whole number"),
        ("tcp_user_timeout=x", "in milliseconds"),
        ("tcp_user_timeout=99999999999", "in milliseconds"),
        ("replication=database", "remove replication"),
        ("sslrootcert=/nowhere/ca.pem", "sslrootcert names a file that cannot be read"),
        ("sslrootcert=/", "sslrootcert is no regular file"),
        ("sslcert=/nowhere/cert.pem&sslkey=/nowhere/key.pem", "sslkey names a file that cannot"),
        ("sslcrldir=/nowhere", "sslcrldir is no folder"),
        ("sslmode=require&sslrootcert=system", "needs sslmode=verify-full"),
        ("sslmode=verify-full", "needs sslrootcert"),
        ("passfile=/nowhere/pgpass", "passfile names a file that cannot be read"),
    ],
)
def test_a_value_that_libpq_would_refuse_is_told(
    query: str, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))

    assert said in problems_of(query)


@pytest.mark.parametrize(
    ("hosts", "query", "said"),
    [
        ("a,b", "port=1,2,3", "3 ports for 2 hosts"),
        ("a,b,c", "port=1,2", "2 ports for 3 hosts"),
        ("a", "port=99999", "from 1 to 65535"),
        ("a", "port=x", "from 1 to 65535"),
        ("a,b", "hostaddr=127.0.0.1", "the same number of hosts"),
        ("a,b", "port=5432", ""),
        ("a,b", "port=1,2", ""),
        ("a:1,b:2", "target_session_attrs=read-write", ""),
        ("a", "ssl=true", ""),
        ("a", "sslmode=verify-full&sslrootcert=system", ""),
        ("a", "sslrootcert=system", ""),
        ("a", "keepalives=0&keepalives_idle=0&tcp_user_timeout=0", ""),
        ("a", "ssl_min_protocol_version=tlsv1.3", ""),
        ("a", "require_auth=scram-sha-256,!md5", ""),
        ("a", "options=-csearch_path%3Dapp&application_name=x&service=", ""),
    ],
)
def test_lists_and_good_values_are_as_libpq_has_them(hosts: str, query: str, said: str) -> None:
    problems = problems_of(query, f"postgresql://user:hunter2@{hosts}/name")

    assert said in problems
    assert bool(said) is bool(problems)


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, vs in _CHOICES.items() for v in vs])
def test_libpq_takes_every_value_that_we_take(name: str, value: str) -> None:
    also = {
        "sslnegotiation": "sslmode=require",
        "ssl_max_protocol_version": "ssl_min_protocol_version=TLSv1",
    }.get(name, "")

    # It looks at the values before it connects, and nobody listens there.
    with pytest.raises(psycopg.OperationalError, match=r"refused|root\.crt|no credential cache"):
        psycopg.connect(f"host=127.0.0.1 port=1 user=u dbname=d {name}={value} {also}")


@pytest.mark.parametrize(
    "name", [name for name in _CHOICES if name not in {"sslsni", "sslcompression", "gssdelegation"}]
)
def test_libpq_refuses_a_value_that_we_refuse(name: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="invalid"):
        psycopg.connect(f"host=127.0.0.1 port=1 user=u dbname=d {name}=nonsense")


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    for file in (cert, key):
        file.write_text("x")
    query = f"sslcert={cert}&sslkey={key}"

    key.chmod(0o644)
    assert "chmod 600" in problems_of(query)
    # Root's own may be read by its group, as in a mounted secret.
    key.chmod(0o640)
    assert bool(problems_of(query)) is (os.geteuid() != 0)
    key.chmod(0o600)
    assert problems_of(query) == ""


def test_a_certificate_needs_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "cert.pem").write_text("x")

    assert "needs sslkey" in problems_of(f"sslcert={tmp_path}/cert.pem")


def test_text_is_read_as_utf8_whatever_the_url_says() -> None:
    assert (
        conninfo_to_dict(conninfo_of(f"{ADDRESS}?client_encoding=latin1"))["client_encoding"]
        == "UTF8"
    )
