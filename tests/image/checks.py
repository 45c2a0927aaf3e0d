"""What is asked of the running image; each check gives what it found, or raises AssertionError."""

import json
import time
from dataclasses import dataclass
from functools import partial
from typing import Final

import httpx

from tests.image.engine import HARDENED, Engine, eventually
from tests.image.refusals import environment
from tests.image.story import Callers

LIMIT: Final = 200_000_000
"""Bytes that the image may have beyond its base."""
GRACE: Final = 45
"""Seconds: beyond DRAIN_DELAY and SHUTDOWN_TIMEOUT, as they are by default; as in compose.yaml."""

FACTS = """
import json, os
lines = open('/proc/1/status').read().splitlines()
status = dict(line.split(':', 1) for line in lines if ':' in line)
def writes(path):
    try:
        open(path, 'w').close()
    except OSError:
        return False
    return True
print(json.dumps({
    'uid': os.stat('/proc/1').st_uid,
    'capabilities': int(status['CapEff'], 16) | int(status['CapBnd'], 16),
    'no_new_privileges': status['NoNewPrivs'].strip() == '1',
    'first': open('/proc/1/cmdline').read().split(chr(0))[1],
    'writes': [p for p in ('/x', '/opt/armature/x', '/srv/armature/var/x') if writes(p)],
}))
"""
ORPHAN = "import os, time\nif not os.fork():\n    time.sleep(0.2)\n"
PROCESSES = """
import pathlib
for stat in pathlib.Path('/proc').glob('[0-9]*/stat'):
    name, _, rest = stat.read_text().rpartition(')')
    print(stat.parent.name, *rest.split()[:2])
"""


@dataclass(frozen=True)
class Running:
    engine: Engine
    image: str
    variables: dict[str, str]

    def serve(self, name: str, *options: str, **variables: str) -> str:
        given = (*HARDENED, *options, *environment(self.variables | variables))
        return self.engine.start(name, self.image, options=given)

    def url(self, container: str) -> str:
        return f"http://{self.engine.address(container)}:3000"

    def said(self, container: str) -> str:
        return self.engine.call("logs", container).stderr

    def complaints(self, container: str) -> str:
        """Give what it logged that is no access line of a request that went well."""
        lines = self.said(container).splitlines()
        return "\n".join(line for line in lines if '"level":"info"' not in line)[-3000:]

    def await_answer(self, container: str) -> float:
        return eventually(f"{container} answers", lambda: is_up(self.engine, container))


def _waits(run: Running, container: str) -> bool:
    return "Waiting up to" in run.said(container)


def is_up(engine: Engine, container: str) -> bool:
    try:
        answer = httpx.get(f"http://{engine.address(container)}:3000/health", timeout=2)
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
    return answer.status_code == 200


def size(engine: Engine, image: str, base: str) -> str:
    whole, below = (engine.inspect(name)["Size"] for name in (image, base))
    beyond = whole - below
    assert beyond < LIMIT, f"{beyond / 1e6:.1f} MB beyond {base}"
    return f"{beyond / 1e6:.1f} MB beyond {base} ({below / 1e6:.1f} MB)"


def made_as_said(engine: Engine, image: str, version: str) -> str:
    config = engine.inspect(image)["Config"]
    assert config["User"] == "10001:10001"
    assert (config["Entrypoint"], config["Cmd"]) == (["armature"], ["serve"])
    assert config["Labels"]["org.opencontainers.image.version"] == version
    assert config["Healthcheck"]["Test"][0] == "CMD"
    said = engine.run(image, "--version", options=HARDENED).stdout.strip()
    assert said == f"armature {version}", said
    left = "for each in pip gcc cc uv hatchling; do find /opt /build /root/.cache -name $each; done"
    found = engine.run(image, "-c", left, options=("--entrypoint", "sh")).stdout
    assert not found, found
    compiled = "find /opt/armature -name 'health.cpython-*.pyc'"
    assert engine.run(image, "-c", compiled, options=("--entrypoint", "sh")).stdout
    return f"{said}, user {config['User']}, compiled, no pip beside it"


def waits_for_its_database(run: Running, postgres_starts: list[str]) -> str:
    given = (*HARDENED, *environment(run.variables | {"STARTUP_TIMEOUT": "60s"}))
    name = run.engine.start("migration", run.image, "db", "upgrade", options=given)
    eventually("the migration waits", lambda: "Waiting up to 60 s" in run.said(name))
    run.engine.start("postgres", postgres_starts[0], options=tuple(postgres_starts[1:]))
    code = run.engine.call("wait", name).stdout.strip()
    assert code == "0", run.said(name)
    return f"waited, then exit code 0: {run.engine.call('logs', name).stdout.strip()}"


def restricted(run: Running, container: str) -> str:
    facts = json.loads(run.engine.inside(container, "python3", "-c", FACTS).stdout)
    first = facts.pop("first")
    assert first.endswith("/armature"), first
    expected = {"uid": 10001, "capabilities": 0, "no_new_privileges": True, "writes": []}
    assert facts == expected, facts
    return "uid 10001, no capability, no new privileges, writes nowhere but /tmp"


def reaps_orphans(run: Running, container: str) -> str:
    run.engine.inside(container, "python3", "-c", ORPHAN)

    def orphans() -> list[str]:
        listed = run.engine.inside(container, "python3", "-c", PROCESSES).stdout.splitlines()
        return [line for line in listed if line.split()[1] == "Z"]

    eventually("no orphan is left", lambda: not orphans(), 5)
    return "none left after its parent died"


def examined(run: Running, container: str) -> str:
    done = run.engine.inside(container, "armature", "doctor", "--production", "--json")
    findings = json.loads(done.stdout)
    assert done.returncode in {0, 13}, done.stdout
    said = json.dumps(findings)
    return f"exit code {done.returncode}, {said.count('warning')} warnings"


def stops_under_load(run: Running, container: str, token: str, times: int) -> str:
    """Stop it under load so many times: a window of milliseconds is not met at the first."""
    answered = 0
    for round_ in range(times):
        if round_:
            run.engine.call("start", container)
            run.await_answer(container)
        answered += _stop_under_load(run, container, token)
    return f"{times} times exit code 0, {answered} answered, none lost"


def _stop_under_load(run: Running, container: str, token: str) -> int:
    callers = Callers(run.url(container), token)
    callers.start()
    began = time.monotonic()
    run.engine.call("stop", "--time", str(GRACE), container)
    took = time.monotonic() - began
    callers.finish()
    state = run.engine.inspect(container)["State"]
    assert state["ExitCode"] == 0, run.said(container)[-2000:]
    assert took < GRACE, f"{took:.1f} s"
    others = set(callers.outcomes) - {"200", "refused before it was sent"}
    assert not others, f"{callers.outcomes}: {run.complaints(container)}"
    return callers.outcomes["200"]


def survives_a_killed_worker(run: Running) -> str:
    name = run.serve("restarted", "--restart", "on-failure", HTTP_WORKERS="2")
    run.await_answer(name)
    children = run.engine.inside(name, "python3", "-c", PROCESSES).stdout.splitlines()
    worker = next(line.split()[0] for line in children if line.split()[2] == "1")
    run.engine.inside(name, "python3", "-c", f"import os; os.kill({worker}, 9)")
    began = time.monotonic()
    eventually("it is started anew", lambda: bool(run.engine.inspect(name)["RestartCount"]))
    run.await_answer(name)
    took = time.monotonic() - began
    run.engine.call("stop", "--time", "40", name)
    return f"it ends, is started anew, and answers {took:.1f} s later"


def is_stopped_while_it_waits(run: Running) -> str:
    waiting = {"DATABASE_URL": "postgresql://nowhere.invalid/armature"}
    given = (*HARDENED, *environment(run.variables | waiting))
    took = []
    for name, command in (("waits-1", ("db", "upgrade")), ("waits-2", ("serve",))):
        whole = run.engine.start(name, run.image, *command, options=given)
        eventually("it waits", partial(_waits, run, whole))
        began = time.monotonic()
        run.engine.call("stop", "--time", "20", whole)
        took.append(time.monotonic() - began)
        assert took[-1] < 10, f"{took[-1]:.1f} s"
    return f"SIGTERM ends a wait within {max(took):.1f} s"
