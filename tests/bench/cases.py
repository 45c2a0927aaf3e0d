"""The cases: what is measured, on what, and how."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.bench import load, login_timing, raw_hashes
from tests.bench.client import Plan
from tests.bench.load import CONNECTIONS, Sample
from tests.bench.peers import PASSWORD, Peer
from tests.bench.servers import EMAIL, Server, bearer
from tests.bench.stage import ACCOUNTS, Stage
from tests.bench.talks import Chain, Cycle, Mixed, Same, Unique
from tests.bench.worst_bodies import worst_bodies

ME = "/api/v1/users/me"
LOGIN, REGISTER = "/api/v1/auth/login", "/api/v1/auth/register"
USERS = [f"user{number}@example.com" for number in range(ACCOUNTS)]
PROBES = 4
"""Connections that ask for `/health` while log-ins keep the hashing threads busy."""
WORST_SENDERS = 8
"""Connections that send the worst bodies meanwhile."""


@dataclass(frozen=True)
class Case:
    """A row of the table; `server` is the one of ours that it is about, to be profiled."""

    name: str
    what: str
    run: Callable[[Stage, float], Sample]
    server: Callable[[Stage], Server] | None = None


def _reads(name: str, what: str, path: str, server: Callable[[Stage], Server]) -> Case:
    def run(stage: Stage, seconds: float) -> Sample:
        asked = server(stage)
        return load.ask(asked.url + path, seconds, asked.bearer)

    return Case(name, what, run, server)


def _page(name: str, what: str, server: Callable[[Stage], Server], deep: str = "") -> Case:
    def run(stage: Stage, seconds: float) -> Sample:
        asked = server(stage)
        after = f"&cursor={stage.deep[deep]}" if deep else ""
        return load.ask(f"{asked.url}/api/v1/users?limit=20{after}", seconds, asked.bearer)

    return Case(name, what, run, server)


def _refreshes(name: str, what: str, server: Callable[[Stage], Server]) -> Case:
    def run(stage: Stage, seconds: float) -> Sample:
        asked = server(stage)
        tokens = [asked.log_in(email)["refresh_token"] for email in USERS[:CONNECTIONS]]
        return _played(asked.port, Chain("/api/v1/auth/refresh", tokens), seconds)

    return Case(name, what, run, server)


def _reads_uncached(stage: Stage, seconds: float) -> Sample:
    """Read as a user of its own on each connection: reads of one at a time would share a query."""
    asked = stage.sqlite_uncached
    callers = [bearer(asked.log_in(email)["token"]) for email in USERS[:CONNECTIONS]]
    return _played(asked.port, Same(ME, callers), seconds)


def _logins(stage: Stage, seconds: float) -> Sample:
    return load.play(_login_plan(stage.sqlite_twice, seconds))


def _login_plan(server: Server, seconds: float) -> Plan:
    bodies = [{"email": email, "password": PASSWORD} for email in USERS]
    return Plan(server.port, Cycle(LOGIN, bodies, CONNECTIONS), CONNECTIONS, seconds)


def _registrations(stage: Stage, seconds: float) -> Sample:
    body = {"email": "new{}@example.com", "password": PASSWORD}
    return _played(stage.sqlite_twice.port, Unique(REGISTER, body), seconds)


def _health_under_logins(stage: Stage, seconds: float) -> Sample:
    # A probe does not ask as fast as it can: that would measure the probe.
    probes = Plan(stage.sqlite.port, Same("/health"), PROBES, seconds, pause=0.01)
    with load.playing(_login_plan(stage.sqlite, seconds + 30)):
        return load.play(probes)


def _health_under_worst_bodies(stage: Stage, seconds: float) -> Sample:
    served = stage.sqlite
    probes = Plan(served.port, Same("/health"), PROBES, seconds, pause=0.01)
    bodies = Mixed(worst_bodies(ME, served.bearer))
    worst = Plan(served.port, bodies, WORST_SENDERS, seconds + 30, may_refuse=True)
    with load.playing(worst):
        return load.play(probes)


def _login_timing(stage: Stage, seconds: float) -> Sample:
    return login_timing.medians(stage.sqlite.port, EMAIL, seconds)


def _peer_reads(name: str, what: str, peer: Callable[[Stage], Peer]) -> Case:
    def run(stage: Stage, seconds: float) -> Sample:
        asked = peer(stage)
        return load.ask(asked.url + asked.own_record, seconds, asked.headers)

    return Case(name, what, run)


def _peer_logins(name: str, what: str, peer: Callable[[Stage], Peer]) -> Case:
    def run(stage: Stage, seconds: float) -> Sample:
        asked = peer(stage)
        return _played(asked.port, asked.log_in, seconds)

    return Case(name, what, run)


def _pocketbase_registrations(stage: Stage, seconds: float) -> Sample:
    return _played(stage.pocketbase.port, stage.pocketbase.sign_up, seconds)


def _played(port: int, talk: Chain | Cycle | Unique | Same, seconds: float) -> Sample:
    return load.play(Plan(port, talk, CONNECTIONS, seconds))


CASES = [
    Case(
        "ceiling",
        "the load's own ceiling: a socket that answers unread",
        lambda stage, seconds: load.ask(stage.ceiling, seconds),
    ),
    Case(
        "ceiling-client",
        "the same for the bundled client",
        lambda stage, seconds: load.ask(stage.ceiling, seconds, by="client"),
    ),
    Case(
        "bare-asgi",
        "bare ASGI, bytes that are ready",
        lambda stage, seconds: load.ask(stage.bare_asgi + ME, seconds),
    ),
    Case(
        "bare-litestar",
        "bare Litestar, the same answer encoded anew",
        lambda stage, seconds: load.ask(stage.bare_litestar + ME, seconds),
    ),
    _peer_reads(
        "pocketbase-read", "PocketBase, own record, all cores", lambda stage: stage.pocketbase
    ),
    _peer_reads(
        "fastapi-read", "FastAPI with fastapi-users, own record", lambda stage: stage.fastapi
    ),
    _peer_reads(
        "litestar-read", "Litestar with `JWTAuth`, own record", lambda stage: stage.litestar
    ),
    _reads("health", "`/health`", "/health", lambda stage: stage.sqlite),
    _reads("me-memory", "`/users/me`, memory", ME, lambda stage: stage.memory),
    _reads("me-sqlite", "`/users/me`, SQLite, memory cache", ME, lambda stage: stage.sqlite),
    Case(
        "me-uncached",
        "`/users/me`, SQLite, no cache",
        _reads_uncached,
        lambda stage: stage.sqlite_uncached,
    ),
    _reads(
        "me-postgres", "`/users/me`, PostgreSQL, memory cache", ME, lambda stage: stage.postgres
    ),
    _reads("me-redis", "`/users/me`, PostgreSQL + Redis", ME, lambda stage: stage.redis),
    _reads(
        "me-redis-2",
        "`/users/me`, PostgreSQL + Redis, two workers",
        ME,
        lambda stage: stage.redis_twice,
    ),
    _refreshes("refresh-sqlite", "refresh, SQLite", lambda stage: stage.sqlite),
    _refreshes("refresh-redis", "refresh, PostgreSQL + Redis", lambda stage: stage.redis),
    _page("list-thousand", "first page of 1,000 users", lambda stage: stage.thousand),
    _page("list-thousand-deep", "page 900 users down", lambda stage: stage.thousand, "thousand"),
    _page("list-million", "first page of 1,000,000 users", lambda stage: stage.million),
    _page("list-million-deep", "page 900,000 users down", lambda stage: stage.million, "million"),
    Case(
        "raw-argon2",
        "Argon2id alone, two threads",
        lambda _, seconds: raw_hashes.rate(2, seconds),
    ),
    Case("login", "log-in, two workers", _logins, lambda stage: stage.sqlite_twice),
    Case("register", "sign-up, two workers", _registrations, lambda stage: stage.sqlite_twice),
    _peer_logins(
        "pocketbase-login", "PocketBase, log-in, all cores", lambda stage: stage.pocketbase
    ),
    _peer_logins(
        "fastapi-login",
        "FastAPI with fastapi-users, log-in, two workers",
        lambda stage: stage.fastapi_twice,
    ),
    _peer_logins(
        "litestar-login",
        "Litestar with `JWTAuth`, log-in, two workers",
        lambda stage: stage.litestar_twice,
    ),
    Case("pocketbase-register", "PocketBase, sign-up, all cores", _pocketbase_registrations),
    Case(
        "health-busy",
        "`/health` while log-ins keep hashing busy",
        _health_under_logins,
        lambda stage: stage.sqlite,
    ),
    Case(
        "health-worst",
        "`/health` while eight connections send the worst bodies",
        _health_under_worst_bodies,
        lambda stage: stage.sqlite,
    ),
    Case(
        "login-timing",
        "refused log-ins, known and unknown address",
        _login_timing,
        lambda stage: stage.sqlite,
    ),
]
