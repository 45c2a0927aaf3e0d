"""How what each tool prints becomes a report.

A tool that crashed, that looked at nothing or that skipped something did not find the code clean.
"""

import json
from collections.abc import Iterable
from typing import Any

from tests.security.tools import Finished
from tests.security.verdict import Report, Verdict, broken, found

_NO_NETWORK = ("connectionerror", "failed to resolve", "max retries", "timed out", "unreachable")


def bandit(done: Finished) -> Report:
    said = _json(done)
    if said is None or said["errors"] or not said["metrics"]["_totals"]["loc"]:
        return broken(done.last_words if said is None else "a file could not be read")
    return found(
        f"{one['filename']}:{one['line_number']}: {one['test_id']} {one['issue_text']}"
        for one in said["results"]
    )


def semgrep(done: Finished) -> Report:
    said = _json(done)
    if said is None or said["errors"] or not said["paths"]["scanned"]:
        return broken(done.last_words if said is None else "a rule or a file could not be read")
    return found(
        f"{one['path']}:{one['start']['line']}: {one['check_id'].rpartition('.')[2]}:"
        f" {one['extra']['message']}"
        for one in said["results"]
    )


def semgrep_rules(done: Finished, rules: Iterable[str]) -> Report:
    """Whether each rule finds what is planted for it, and nothing else."""
    said = _json(done)
    if said is None or said["config_with_errors"]:
        return broken(done.last_words if said is None else "a rule could not be read")
    proved = {
        rule: check["passed"]
        for file in said["results"].values()
        for rule, check in file["checks"].items()
    }
    return found(f"rule {rule} is not proved" for rule in sorted(rules) if not proved.get(rule))


def detect_secrets(done: Finished, baseline: str) -> Report:
    """What is not in the baseline, and what is there for nothing."""
    said = _json(done)
    if said is None or "results" not in said:
        return broken(done.last_words)
    known, seen = _secrets(json.loads(baseline)), _secrets(said)
    new = (f"{one[0]}:{seen[one]}: {one[1]}" for one in sorted(seen.keys() - known))
    gone = (f"{one[0]}: {one[1]} is no longer there" for one in sorted(known.keys() - seen))
    return found([*new, *gone])


def pip_audit(done: Finished, expected: int) -> Report:
    """What is known of the `expected` packages; one that was skipped is nothing that is known."""
    said = _json(done)
    if said is None:
        lost = any(word in done.err.lower() for word in _NO_NETWORK)
        return Report(Verdict.UNREACHABLE if lost else Verdict.BROKEN, said=done.last_words)
    packages = said["dependencies"]
    skipped = [one["name"] for one in packages if "skip_reason" in one]
    if packages and len(skipped) == len(packages):
        return Report(Verdict.UNREACHABLE, said="it knows none of the packages; try --offline")
    if skipped or len(packages) < expected:
        few = f"{len(packages) - len(skipped)} of {expected} packages were checked"
        return broken(f"{few}; not {', '.join(skipped)}" if skipped else few)
    return found(
        f"{one['name']} {one['version']}: {flaw['id']}, mended in"
        f" {', '.join(flaw['fix_versions']) or 'no version yet'}"
        for one in packages
        for flaw in one["vulns"]
    )


def hadolint(done: Finished) -> Report:
    said = _json(done)
    if said is None:
        return broken(done.last_words)
    return found(f"{one['file']}:{one['line']}: {one['code']} {one['message']}" for one in said)


def checkov(done: Finished) -> Report:
    """A report for each kind of file, or a bare summary where it knows none of them."""
    said = _json(done)
    if said is None:
        return broken(done.last_words)
    kinds = said if isinstance(said, list) else [said]
    summaries = [kind.get("summary", kind) for kind in kinds]
    if any(summary["parsing_errors"] for summary in summaries):
        return broken("a file could not be read")
    if not any(summary["resource_count"] for summary in summaries):
        return broken("it knows none of the files")
    return found(
        f"deploy{one['file_path']}:{one['file_line_range'][0]}:"
        f" {one['check_id']} {one['check_name']}"
        for kind in kinds
        for one in kind.get("results", {}).get("failed_checks", ())
    )


def zizmor(done: Finished) -> Report:
    said = _json(done)
    if said is None:
        return broken(done.last_words)
    return found(f"{_workflow(one)}: {one['ident']}: {one['desc']}" for one in said)


def _workflow(finding: dict[str, Any]) -> str:
    symbolic = finding["locations"][0]["symbolic"]["key"]
    return str(next(iter(symbolic.values())).get("verbatim_path", "a workflow"))


def _json(done: Finished) -> Any:  # noqa: ANN401 - what each tool prints is its own
    try:
        return json.loads(done.out)
    except ValueError:
        return None


def _secrets(scan: dict[str, Any]) -> dict[tuple[str, str, str], int]:
    return {
        (file, one["type"], one["hashed_secret"]): one.get("line_number", 0)
        for file, several in scan["results"].items()
        for one in several
    }
