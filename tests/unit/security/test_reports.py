import json

import pytest

from tests.security import reports
from tests.security.tools import Finished
from tests.security.verdict import Report, Verdict

LEAK = {"type": "AWS Access Key", "hashed_secret": "a1", "line_number": 7}
NO_SECRETS = json.dumps({"results": {}})


def printed(said: object, code: int = 0) -> Finished:
    return Finished(code, json.dumps(said))


def audited(*packages: dict[str, object]) -> Report:
    return reports.pip_audit(printed({"dependencies": packages}), expected=len(packages))


def sound(name: str) -> dict[str, object]:
    return {"name": name, "version": "1", "vulns": []}


class TestPipAudit:
    def test_packages_that_were_all_checked_are_clean(self) -> None:
        assert audited(sound("a"), sound("b")).verdict is Verdict.CLEAN

    def test_a_known_flaw_is_a_finding_that_says_what_mends_it(self) -> None:
        flaw = {"id": "PYSEC-1", "fix_versions": ["1.1"]}

        report = audited(sound("a"), sound("b") | {"vulns": [flaw]})

        assert report.verdict is Verdict.FINDINGS
        assert report.findings == ("b 1: PYSEC-1, mended in 1.1",)

    def test_one_package_that_was_skipped_is_not_clean(self) -> None:
        report = audited(sound("a"), {"name": "b", "skip_reason": "not found"})

        assert report.verdict is Verdict.BROKEN
        assert "not b" in report.said

    def test_a_source_that_knows_no_package_was_not_reached(self) -> None:
        skipped: list[dict[str, object]] = [
            {"name": name, "skip_reason": "not found"} for name in ("a", "b")
        ]

        report = audited(*skipped)

        assert report.verdict is Verdict.UNREACHABLE
        assert "--offline" in report.said

    def test_a_source_that_cannot_be_resolved_was_not_reached(self) -> None:
        done = Finished(1, "", "requests.exceptions.ConnectionError: Failed to resolve 'x'")

        assert reports.pip_audit(done, expected=1).verdict is Verdict.UNREACHABLE

    def test_fewer_packages_than_the_lock_pins_are_not_clean(self) -> None:
        report = reports.pip_audit(printed({"dependencies": [sound("a")]}), expected=2)

        assert report.verdict is Verdict.BROKEN

    def test_no_package_at_all_is_not_clean(self) -> None:
        assert reports.pip_audit(printed({"dependencies": []}), 1).verdict is Verdict.BROKEN


class TestBandit:
    @staticmethod
    def said(*, errors: tuple[str, ...] = (), lines: int = 9, results: object = ()) -> Finished:
        totals = {"_totals": {"loc": lines}}
        return printed({"errors": errors, "metrics": totals, "results": results})

    def test_code_without_findings_is_clean(self) -> None:
        assert reports.bandit(self.said()).verdict is Verdict.CLEAN

    def test_a_finding_says_where(self) -> None:
        one = {"filename": "a.py", "line_number": 3, "test_id": "B602", "issue_text": "shell"}

        assert reports.bandit(self.said(results=[one])).findings == ("a.py:3: B602 shell",)

    def test_a_file_that_could_not_be_read_is_not_clean(self) -> None:
        assert reports.bandit(self.said(errors=("a.py",))).verdict is Verdict.BROKEN

    def test_a_scan_of_nothing_is_not_clean(self) -> None:
        assert reports.bandit(self.said(lines=0)).verdict is Verdict.BROKEN


class TestSemgrep:
    @staticmethod
    def said(*, errors: object = (), scanned: object = ("a.py",), results: object = ()) -> Finished:
        return printed({"errors": errors, "paths": {"scanned": scanned}, "results": results})

    def test_code_without_findings_is_clean(self) -> None:
        assert reports.semgrep(self.said()).verdict is Verdict.CLEAN

    def test_a_finding_says_which_rule_of_ours_it_breaks(self) -> None:
        one = {"path": "a.py", "start": {"line": 3}, "check_id": "tests.security.rules.shell"}

        report = reports.semgrep(self.said(results=[one | {"extra": {"message": "No shell."}}]))

        assert report.findings == ("a.py:3: shell: No shell.",)

    @pytest.mark.parametrize("wrong", [{"errors": ("rule",)}, {"scanned": ()}])
    def test_what_it_could_not_look_at_is_not_clean(self, wrong: dict[str, object]) -> None:
        assert reports.semgrep(self.said(**wrong)).verdict is Verdict.BROKEN


class TestRules:
    @staticmethod
    def proved(**rules: bool) -> Finished:
        checks = {rule: {"passed": passed} for rule, passed in rules.items()}
        return printed({"config_with_errors": [], "results": {"a.yaml": {"checks": checks}}})

    def test_rules_that_find_what_is_planted_are_clean(self) -> None:
        assert reports.semgrep_rules(self.proved(hash=True), {"hash"}).verdict is Verdict.CLEAN

    def test_a_rule_that_misses_what_is_planted_is_a_finding(self) -> None:
        report = reports.semgrep_rules(self.proved(hash=False), {"hash"})

        assert report.findings == ("rule hash is not proved",)

    def test_a_rule_for_which_nothing_is_planted_is_a_finding(self) -> None:
        report = reports.semgrep_rules(self.proved(hash=True), {"hash", "sql"})

        assert report.findings == ("rule sql is not proved",)


class TestDetectSecrets:
    def test_what_the_baseline_knows_is_clean(self) -> None:
        scan = {"results": {"a.py": [LEAK]}}

        assert reports.detect_secrets(printed(scan), json.dumps(scan)).verdict is Verdict.CLEAN

    def test_what_moved_to_another_line_is_still_known(self) -> None:
        known = {"results": {"a.py": [LEAK | {"line_number": 1}]}}

        report = reports.detect_secrets(printed({"results": {"a.py": [LEAK]}}), json.dumps(known))

        assert report.verdict is Verdict.CLEAN

    def test_a_new_one_is_a_finding_that_does_not_repeat_it(self) -> None:
        report = reports.detect_secrets(printed({"results": {"a.py": [LEAK]}}), NO_SECRETS)

        assert report.findings == ("a.py:7: AWS Access Key",)

    def test_a_known_one_in_another_file_is_a_finding(self) -> None:
        known = {"results": {"a.py": [LEAK]}}
        scan = {"results": {"a.py": [LEAK], "b.py": [LEAK]}}

        report = reports.detect_secrets(printed(scan), json.dumps(known))

        assert report.findings == ("b.py:7: AWS Access Key",)

    def test_one_that_is_gone_has_to_leave_the_baseline(self) -> None:
        known = {"results": {"a.py": [LEAK]}}

        report = reports.detect_secrets(printed({"results": {}}), json.dumps(known))

        assert report.findings == ("a.py: AWS Access Key is no longer there",)


class TestDeploy:
    def test_hadolint_finds(self) -> None:
        one = {"file": "deploy/Dockerfile", "line": 1, "code": "DL3006", "message": "Tag it"}

        assert reports.hadolint(printed([one])).findings == ("deploy/Dockerfile:1: DL3006 Tag it",)
        assert reports.hadolint(printed([])).verdict is Verdict.CLEAN

    def test_checkov_finds_in_every_kind_of_file(self) -> None:
        failed = {"file_path": "/a.yaml", "file_line_range": [2, 3], "check_id": "C1"}
        kind = {
            "summary": {"parsing_errors": 0, "resource_count": 1},
            "results": {"failed_checks": [failed | {"check_name": "Limit it"}]},
        }

        assert reports.checkov(printed([kind, kind])).findings == (
            "deploy/a.yaml:2: C1 Limit it",
            "deploy/a.yaml:2: C1 Limit it",
        )

    @pytest.mark.parametrize(
        "summary",
        [{"parsing_errors": 1, "resource_count": 1}, {"parsing_errors": 0, "resource_count": 0}],
    )
    def test_files_that_checkov_cannot_read_are_not_clean(self, summary: dict[str, int]) -> None:
        assert reports.checkov(printed(summary)).verdict is Verdict.BROKEN

    def test_zizmor_finds(self) -> None:
        key = {"Local": {"verbatim_path": ".github/workflows/a.yml"}}
        one = {"ident": "artipacked", "desc": "leaks", "locations": [{"symbolic": {"key": key}}]}

        assert reports.zizmor(printed([one])).findings == (
            ".github/workflows/a.yml: artipacked: leaks",
        )


@pytest.mark.parametrize(
    "read",
    [
        reports.bandit,
        reports.semgrep,
        reports.hadolint,
        reports.checkov,
        reports.zizmor,
        lambda done: reports.semgrep_rules(done, {"hash"}),
        lambda done: reports.detect_secrets(done, NO_SECRETS),
        lambda done: reports.pip_audit(done, 1),
    ],
)
def test_a_tool_that_crashed_is_not_clean_and_has_the_last_word(read: object) -> None:
    assert callable(read)

    report = read(Finished(2, "", "Traceback\nRuntimeError: no such option\n"))

    assert report.verdict is Verdict.BROKEN
    assert report.said == "RuntimeError: no such option"
