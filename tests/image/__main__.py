"""`just image-check`: builds the image, and runs it as a cluster would, on real servers."""

import argparse
import os
import secrets
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from tests.image import checks
from tests.image.checks import Running
from tests.image.engine import Engine, eventually
from tests.image.refusals import refusals
from tests.image.story import tell

ROOT = Path(__file__).parents[2]
NO_ENGINE = 3


def main() -> int:
    options = _options()
    engine = Engine(f"armature-image-{os.getpid()}")
    if not engine.answers():
        print("No container engine answers (DOCKER_HOST): the image was NOT built and NOT run.")
        return NO_ENGINE
    if options.build:
        _row("build", lambda: _build(engine, options))
    with engine.private_network():
        failed = _examine(engine, options.image, options.base, options.stops)
    print(f"{failed} failed" if failed else "every check passed")
    return 1 if failed else 0


def _examine(engine: Engine, image: str, base: str, stops: int) -> int:
    password, redis_password = secrets.token_hex(12), secrets.token_hex(12)
    variables = {
        "ALLOWED_HOSTS": "localhost",
        "DATABASE_URL": f"postgresql://armature:{password}@postgres:5432/armature",
        "JWT_SECRET": secrets.token_urlsafe(48),
        "RATE_LIMITS": "api=off,auth=100/1m",
        "REDIS_URL": f"redis://:{redis_password}@redis:6379/0",
        "TRUSTED_PROXIES": engine.subnet(),
    }
    run = Running(engine, image, variables)
    postgres = ["postgres:17-alpine", "-e", f"POSTGRES_PASSWORD={password}"]
    postgres += ["-e", "POSTGRES_USER=armature", "-e", "POSTGRES_DB=armature"]
    rows = [
        ("size", lambda: checks.size(engine, image, base)),
        ("made as said", lambda: checks.made_as_said(engine, image, version("armature"))),
        ("migration waits", lambda: checks.waits_for_its_database(run, postgres)),
        ("stopped while waiting", lambda: checks.is_stopped_while_it_waits(run)),
    ]
    failed = sum(not _row(*row) for row in rows)
    redis = ("--requirepass", redis_password)
    engine.start("redis", "redis:8-alpine", *redis)
    failed += sum(not _row(*row) for row in _refused(run, postgres))
    return failed + _serve(run, stops)


def _refused(run: Running, postgres: list[str]) -> list[tuple[str, Callable[[], str]]]:
    """Start what cannot start, beside a database that has no tables."""
    empty = run.engine.start("empty", postgres[0], options=tuple(postgres[1:]))
    ready = ("pg_isready", "-q", "-h", "127.0.0.1", "-U", "armature")
    eventually("PostgreSQL", lambda: run.engine.inside(empty, *ready).returncode == 0)
    url = run.variables["DATABASE_URL"].replace("@postgres:", "@empty:")
    said: dict[str, str] = {}

    def provoke() -> str:
        said.update(refusals(run.engine, run.image, run.variables | {"DATABASE_URL": url}))
        return "".join(f"\n    {what}: {words}" for what, words in said.items())

    return [("refused", provoke)]


def _serve(run: Running, stops: int) -> int:
    began = time.monotonic()
    container = run.serve("armature")
    run.await_answer(container)
    started = time.monotonic() - began
    print(f"{'start':24} ok      first healthy answer {started:.2f} s after `docker run`")

    def healthy() -> str:
        state = run.engine.inspect(container)["State"]["Health"]
        took = eventually("healthy", lambda: _health(run, container) == "healthy")
        return f"status {_health(run, container)} {started + took:.1f} s after" if state else ""

    token = ""

    def story() -> str:
        nonlocal token
        token = tell(run.engine, container, run.url(container))
        return "register, log in, refresh, grant in the container, list, log out"

    rows = [
        ("health check", healthy),
        ("restricted", lambda: checks.restricted(run, container)),
        ("end to end", story),
        ("doctor", lambda: checks.examined(run, container)),
        ("orphans", lambda: checks.reaps_orphans(run, container)),
        ("docker stop", lambda: checks.stops_under_load(run, container, token, stops)),
        ("killed worker", lambda: checks.survives_a_killed_worker(run)),
    ]
    return sum(not _row(*row) for row in rows)


def _health(run: Running, container: str) -> str:
    return str(run.engine.inspect(container)["State"]["Health"]["Status"])


def _build(engine: Engine, options: argparse.Namespace) -> str:
    arguments = {"BASE": options.base, "VERSION": version("armature")}
    given = [
        part for name, value in arguments.items() for part in ("--build-arg", f"{name}={value}")
    ]
    if options.pip_conf:
        given += ["--secret", f"id=pip.conf,src={options.pip_conf}"]
    file = ("--file", str(ROOT / "deploy" / "Dockerfile"))
    began = time.monotonic()
    engine.call("build", "--network", "host", *file, *given, "--tag", options.image, str(ROOT))
    return f"{options.image} in {time.monotonic() - began:.1f} s"


def _row(name: str, check: Callable[[], str]) -> bool:
    try:
        found = check()
    except AssertionError as error:
        print(f"{name:24} FAILED  {error}", flush=True)
        return False
    print(f"{name:24} ok      {found}", flush=True)
    return True


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="just image-check", description=__doc__)
    parser.add_argument("--base", default="python:3.13-slim-trixie")
    parser.add_argument("--image", default="armature:image-check")
    parser.add_argument("--no-build", dest="build", action="store_false")
    parser.add_argument("--stops", type=int, default=20, help="how often it is stopped under load")
    parser.add_argument("--pip-conf", help="pip's configuration for the build, where it needs one")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
