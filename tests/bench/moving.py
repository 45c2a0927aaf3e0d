"""How long it takes to move users in and out, and how much memory.

    python -m tests.bench.moving [--users 100000]

A file of users is imported into an empty PostgreSQL of our own, with Redis as the cache, imported
again, exported, and what was exported is imported into another empty database and exported again:
the two exports are the same, byte for byte. Each may take 60 s and hold 256 MiB at most.
"""

import argparse
import base64
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.faults.servers import Servers, started

ARMATURE = str(Path(sys.executable).with_name("armature"))
SECONDS, MEBIBYTES = 60.0, 256.0
VARIABLES = {
    "APP_ENV": "test",
    "JWT_SECRET": "a secret for this benchmark only, of enough bytes",
    "LOG_LEVEL": "error",
    "ROLES": "admin,editor",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--users", type=int, default=100_000)
    count = parser.parse_args().users
    with tempfile.TemporaryDirectory() as name, started() as servers:
        folder = Path(name)
        with (folder / "in.jsonl").open("w") as file:
            file.writelines(f"{json.dumps(user)}\n" for user in users(count))
        is_met = _measure(folder, servers)
    sys.exit(0 if is_met else 1)


def users(count: int) -> Iterator[Mapping[str, object]]:
    """Give users of another system, whose hashes are well-formed and of no password."""
    chance = random.Random(20)
    for number in range(count):
        salt, digest = (base64.b64encode(chance.randbytes(size)).decode() for size in (18, 30))
        yield {
            "email": f"person.{number}@example.com",
            "name": f"Person N\u00ba {number}",
            "password_hash": f"$argon2id$v=19$m=65536,t=3,p=4${salt}${digest}",
            "roles": ["editor"] if number % 10 == 0 else [],
            "is_active": number % 50 != 0,
            "created_at": f"2020-01-01T00:{number // 60 % 60:02}:{number % 60:02}.5Z",
        }


def _measure(folder: Path, servers: Servers) -> bool:
    first, second = (_database(servers) for _ in range(2))
    steps = (
        ("import", first, ("import", "in.jsonl", "--allow-roles")),
        ("import again", first, ("import", "in.jsonl", "--allow-roles")),
        ("export", first, ("export", "first.csv", "--with-hashes")),
        ("import the export", second, ("import", "first.csv", "--allow-roles")),
        ("export again", second, ("export", "second.csv", "--with-hashes")),
    )
    is_met = True
    for name, variables, words in steps:
        seconds, mebibytes, said = _run(folder, variables, *words)
        is_met = is_met and seconds <= SECONDS and mebibytes <= MEBIBYTES
        print(f"{name:18} {seconds:6.1f} s {mebibytes:6.0f} MiB  {said}", flush=True)
    is_same = (folder / "first.csv").read_bytes() == (folder / "second.csv").read_bytes()
    print(f"the exports are {'the same' if is_same else 'NOT THE SAME'}")
    print(f"at most {SECONDS:.0f} s and {MEBIBYTES:.0f} MiB: {'met' if is_met else 'MISSED'}")
    return is_met and is_same


def _database(servers: Servers) -> Mapping[str, str]:
    variables = {
        "PATH": os.environ["PATH"],
        **VARIABLES,
        "DATABASE_URL": servers.fresh_database(),
        "CACHE_URL": servers.cache_url,
    }
    subprocess.run([ARMATURE, "db", "upgrade"], env=variables, check=True, capture_output=True)
    return variables


def _run(folder: Path, variables: Mapping[str, str], *words: str) -> tuple[float, float, str]:
    """Give the seconds that a command took, its peak memory in MiB, and what it said."""
    with (folder / "out").open("w+b") as out:
        began = time.perf_counter()
        running = subprocess.Popen(
            [ARMATURE, "users", *words, "--json"], cwd=folder, env=dict(variables), stdout=out
        )
        _, status, used = os.wait4(running.pid, 0)
        seconds = time.perf_counter() - began
        running.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read().decode().strip()
    if running.returncode:
        raise RuntimeError(f"{words}: exit {running.returncode}: {said}")
    return seconds, used.ru_maxrss / 1024, said


if __name__ == "__main__":
    main()
