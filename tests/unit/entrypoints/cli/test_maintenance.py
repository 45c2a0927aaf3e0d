import io

from application.errors import DatabaseUnavailable
from application.maintenance.count_expired import CountExpired
from application.maintenance.expiry import Amounts
from application.maintenance.purge_expired import Purged, PurgeExpired
from entrypoints.cli.main import run
from tests.unit.entrypoints.cli.driving import OPERATOR, FakeRuntime, drive

SOME = Purged(removed=Amounts(refresh_tokens=2, sessions=1), is_done=False)
REST = Purged(removed=Amounts(audit_entries=1), is_done=True)
ALL_JSON = {"refresh_tokens": 2, "sessions": 1, "idempotency_records": 0, "audit_entries": 1}


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_purge_goes_on_until_it_is_done_and_tells_the_sum(runtime: FakeRuntime) -> None:
    runtime.answers["purge_expired"] = [SOME, REST]

    outcome = drive(runtime, "maintenance", "purge", "--batch", "2", "--json")

    assert outcome.json == {"removed": ALL_JSON}
    assert outcome.err == ""
    assert runtime.asked == [PurgeExpired(actor=OPERATOR, batch=2)] * 2


def test_a_dry_run_only_counts(runtime: FakeRuntime) -> None:
    runtime.answers["count_expired"] = SOME.removed + REST.removed

    human = drive(runtime, "maintenance", "purge", "--dry-run")
    script = drive(runtime, "maintenance", "purge", "--dry-run", "--json")

    assert human.out.splitlines()[0].split() == ["refresh", "tokens", "2"]
    assert script.json == {"would_remove": ALL_JSON}
    assert runtime.asked == [CountExpired(actor=OPERATOR)] * 2


def test_an_age_stands_in_for_the_variable(runtime: FakeRuntime) -> None:
    runtime.answers["purge_expired"] = REST

    drive(runtime, "maintenance", "purge", "--audit-older-than", "30d")

    assert runtime.overridden == {"AUDIT_RETENTION": "30d"}


def test_progress_is_for_a_terminal_and_goes_away(runtime: FakeRuntime) -> None:
    runtime.answers["purge_expired"] = [SOME, REST, SOME, REST]
    screen, out = Screen(), io.StringIO()

    assert run(["maintenance", "purge"], runtime, stdout=out, stderr=screen) == 0
    piped = drive(runtime, "maintenance", "purge")

    assert "Removed so far: 3" in screen.getvalue()
    assert screen.getvalue().endswith("\x1b[2KRemoved:\n")
    assert piped.err == "Removed:\n"


def test_an_outage_in_the_middle_ends_the_line_and_is_told(runtime: FakeRuntime) -> None:
    runtime.answers["purge_expired"] = [SOME, DatabaseUnavailable()]
    screen = Screen()

    code = run(["maintenance", "purge"], runtime, stdout=io.StringIO(), stderr=screen)

    assert code == 10
    assert "Removed so far: 3" in screen.getvalue()
    assert "\x1b[2K" in screen.getvalue().partition("error:")[0]
