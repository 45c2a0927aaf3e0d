"""Requests made from the API's own description, by nobody, a user and an admin: `just fuzz`.

Asks a real server on loopback for everything that its description allows and forbids. Exits with 1
when an answer is a 5xx, or is not as described: its status, headers, content type or schema.
"""

import argparse
import json
import random
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from tests.faults.service import Service, serving
from tests.security.tools import ROOT, Finished, Tool

SCHEMATHESIS = Tool("schemathesis", "schemathesis")
PASSWORD = "Quiet-Harbour-7"
SHARES = {"nobody": 0.2, "user": 0.4, "admin": 0.4}
"""Who asks, and for which share of the time."""

LEFT_OUT = "positive_data_acceptance"
"""A description cannot say all that makes a password or an address good; refusing one is right."""


@dataclass(frozen=True)
class Outcome:
    """What Schemathesis reported; `complaint` is why it cannot be believed."""

    who: str
    report: dict[str, Any]
    output: str
    complaint: str = ""

    @property
    def failed(self) -> bool:
        whole = self.report.get("operations", {})
        is_complete = whole.get("total", 0) == whole.get("tested", -1)
        found = self.report.get("failures") or self.report.get("errors")
        return bool(found or self.complaint or not is_complete)


def main() -> int:
    parser = argparse.ArgumentParser(prog="just fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=240, help="for all of it together")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    options = parser.parse_args()
    print(f"seed {options.seed}: repeat this with `just fuzz --seed {options.seed}`", flush=True)
    with tempfile.TemporaryDirectory(prefix="af-") as text:
        folder = Path(text)
        variables = {
            "DATABASE_URL": f"sqlite:///{folder / 'armature.db'}",
            "RATE_LIMIT_URL": "none://",
            "HTTP_WORKERS": "1",
        }
        with serving(folder, variables) as service:
            outcomes = [
                _ask(service, who, max(5, int(share * options.seconds)), options.seed)
                for who, share in SHARES.items()
            ]
    return _tell(outcomes)


def _ask(service: Service, who: str, seconds: int, seed: int) -> Outcome:
    account = {} if who == "nobody" else _account(service, who)
    environment = {
        "FUZZ_URL": service.url,
        "SCHEMATHESIS_HOOKS": "tests.fuzz.hooks",
        "PYTHONPATH": str(ROOT),
        **account,
    }
    report = service.folder / f"{who}.json"
    done = replace(SCHEMATHESIS, environment=environment, folder=service.folder).run(
        [
            *("run", f"{service.url}/openapi.json", "--no-color", "--seed", str(seed)),
            *("--max-time", str(seconds), "--exclude-checks", LEFT_OUT),
            *("--generation-database", "none", "--warnings", "off"),
            *("--report", "json", "--report-json-path", report),
        ]
    )
    if not report.exists():
        return Outcome(who, {}, done.out, done.last_words)
    complaint = _complaint(service, done, account)
    return Outcome(who, json.loads(report.read_text()), done.out, complaint)


def _account(service: Service, who: str) -> dict[str, str]:
    email = f"{who}@example.org"
    body = {"email": email, "password": PASSWORD}
    answer = httpx.post(f"{service.url}/api/v1/auth/register", json=body)
    answer.raise_for_status()
    if who == "admin":
        service.command("users", "grant", email, "admin")
    user_id = answer.json()["data"]["user"]["id"]
    return {"FUZZ_EMAIL": email, "FUZZ_PASSWORD": PASSWORD, "FUZZ_USER_ID": user_id}


def _complaint(service: Service, done: Finished, account: dict[str, str]) -> str:
    """Whoever lost its account on the way asked as nobody from then on, and proved little."""
    if done.code not in {0, 1}:
        return done.last_words
    if account:
        body = {"email": account["FUZZ_EMAIL"], "password": account["FUZZ_PASSWORD"]}
        if not httpx.post(f"{service.url}/api/v1/auth/login", json=body).is_success:
            return "its account was lost on the way"
    return ""


def _tell(outcomes: list[Outcome]) -> int:
    for outcome in outcomes:
        if outcome.failed:
            print(f"\n{outcome.output}")
    print(f"\n{'who':10}{'operations':>12}{'requests':>10}{'failures':>10}{'seconds':>9}")
    for outcome in outcomes:
        tested = outcome.report.get("operations", {}).get("tested", 0)
        cases = outcome.report.get("test_cases", {})
        seconds = outcome.report.get("running_time", 0.0)
        row = f"{cases.get('generated', 0):>10}{cases.get('unique_failures', 0):>10}{seconds:>9.0f}"
        print(f"{outcome.who:10}{tested:>12}{row}  {outcome.complaint}".rstrip())
    return int(any(outcome.failed for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
