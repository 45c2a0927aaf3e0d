"""Starts that cannot succeed: one clear line each, and a code that says which."""

import subprocess

from tests.image.engine import HARDENED, Engine

AWAY = "postgresql://nowhere.invalid/armature"


def refusals(engine: Engine, image: str, variables: dict[str, str]) -> dict[str, str]:
    """Provoke each; give what was said, by what was wrong."""
    away = {"DATABASE_URL": AWAY, "STARTUP_TIMEOUT": "1s"}
    cases: dict[str, tuple[dict[str, str], tuple[str, ...], int, str]] = {
        "missing secret": ({"JWT_SECRET": ""}, ("serve",), 4, "JWT_SECRET: "),
        "wrong variable": ({"HTTP_WORKERS": "many"}, ("serve",), 4, "HTTP_WORKERS: "),
        "unreachable database": (away, ("serve",), 10, "nowhere.invalid"),
        "unreachable database, migration": (away, ("db", "upgrade"), 10, "nowhere.invalid"),
        "migrations not applied": ({}, ("serve",), 1, "Run `armature db upgrade`"),
    }
    said = {}
    for what, (other, command, code, words) in cases.items():
        options = (*HARDENED, *environment(variables | other))
        said[what] = _refused(engine.run(image, *command, options=options), code, words)
    options = tuple(each for each in HARDENED if "tmp" not in each)
    done = engine.run(image, options=(*options, *environment(variables)))
    said["no folder for metrics"] = _refused(done, 4, "METRICS_PORT: ")
    return said


def environment(variables: dict[str, str]) -> tuple[str, ...]:
    return tuple(part for name, value in variables.items() for part in ("-e", f"{name}={value}"))


def _refused(done: subprocess.CompletedProcess[str], code: int, words: str) -> str:
    said = done.stderr[done.stderr.find("error: ") :].strip()
    assert done.returncode == code, f"exit code {done.returncode}, not {code}: {done.stderr}"
    assert words in said, said
    assert "Traceback" not in done.stderr, done.stderr
    lines = said.splitlines()
    # A configuration has a heading and a line for each problem.
    assert len(lines) == (2 if code == 4 else 1), said
    return lines[-1].strip()
