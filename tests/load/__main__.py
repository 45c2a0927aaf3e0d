"""Let many users at the service, with k6.

    python -m tests.load auth|spike|soak [--scale 0.1] [--minutes 2] [--pid PID]

BASE_URL names a service that is there; without it one is started, with two workers on PostgreSQL
and Redis. The exit code is k6's: 0, or 99 when a threshold was crossed; 1 when the memory grew.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from secrets import token_hex
from typing import Final

from tests.load.memory import Memory, as_svg, growth, is_flat
from tests.load.seed import seed
from tests.load.target import Target, target
from tests.security.tools import ROOT, Tool, runner

HERE: Final = Path(__file__).parent
REPORTS: Final = ROOT / "var" / "load"
K6: Final = Tool("k6", "k6")
USERS: Final = {"auth": 200, "spike": 200, "soak": 400}
"""Who is registered beforehand."""
HOURS: Final = 4 * 60.0
GREW: Final = 1


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("scenario", choices=USERS)
    parser.add_argument("--scale", type=float, default=1, help="makes each stage so much longer")
    parser.add_argument("--minutes", type=float, default=HOURS, help="of a soak")
    parser.add_argument("--pid", type=int, help="of the service at BASE_URL, to watch its memory")
    options = parser.parse_args()
    with target(options.pid) as found:
        print(f"service: {found.name}", flush=True)
        watched = Memory(found.pid) if found.pid else None
        with tempfile.TemporaryDirectory(prefix="k6-") as folder:
            variables = _prepared(Path(folder), found, options)
            with watched or nullcontext():
                code = _run_k6(options.scenario, variables)
    grew = _told(options.scenario, watched)
    sys.exit(code or (GREW if grew and options.scenario == "soak" else 0))


def _prepared(folder: Path, found: Target, options: argparse.Namespace) -> dict[str, str]:
    run = token_hex(4)
    users = USERS[options.scenario]
    print(f"registering {users} users", flush=True)
    (folder / "seed.json").write_text(json.dumps(seed(found.url, run, users)))
    return {
        "BASE_URL": found.url,
        "SEED": str(folder / "seed.json"),
        "RUN": run,
        "SCALE": str(options.scale),
        "MINUTES": str(options.minutes),
    }


def _run_k6(scenario: str, variables: dict[str, str]) -> int:
    REPORTS.mkdir(parents=True, exist_ok=True)
    report = REPORTS / f"{scenario}.html"
    report.unlink(missing_ok=True)
    given = [f"--env={name}={value}" for name, value in variables.items()]
    # The report comes from k6's dashboard, which is not served: port -1.
    dashboard = {
        "K6_WEB_DASHBOARD": "true",
        "K6_WEB_DASHBOARD_PORT": "-1",
        "K6_WEB_DASHBOARD_PERIOD": "2s",
        "K6_WEB_DASHBOARD_EXPORT": str(report),
    }
    command = [*_k6(), "run", "--no-usage-report", *given, HERE / f"{scenario}.js"]
    done = subprocess.run(command, env={**os.environ, **dashboard}, check=False)
    if report.exists():
        print(f"report: {report.relative_to(ROOT)}")
    return done.returncode


def _k6() -> Sequence[str | Path]:
    there = shutil.which("k6")
    return [there] if there else [*runner(K6), "k6"]


def _told(scenario: str, watched: Memory | None) -> bool:
    """Tell of the memory, and draw it; give whether it grew."""
    if watched is None or not watched.samples:
        print("memory: not watched (--pid)")
        return False
    path = REPORTS / f"{scenario}-memory.svg"
    path.write_text(as_svg(watched.samples))
    highest = max(size for _, size in watched.samples)
    print(f"memory: {highest:.0f} MiB at most; {path.relative_to(ROOT)}")
    found = growth(watched.samples)
    if found is None:
        print("memory: too short to tell whether it grows (a minute to warm up, and one more)")
        return False
    before, after = found
    verdict = "flat" if is_flat(before, after) else "GREW"
    print(f"memory: {before:.1f} MiB after the first minute, {after:.1f} MiB at the end: {verdict}")
    return not is_flat(before, after)


if __name__ == "__main__":
    main()
