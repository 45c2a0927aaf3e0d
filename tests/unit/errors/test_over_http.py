"""Every code of the catalogue, as a caller of the API meets it."""

import logging

import httpx
import pytest

from entrypoints.error_catalogue import Entry, catalogue
from tests.unit.errors.faults import PLANTED
from tests.unit.errors.over_http import HTTP_FAULTS, PROVOCATIONS, scene_for

ENTRIES = {each.code: each for each in catalogue() if each.status is not None}
CODES = pytest.mark.parametrize("code", ENTRIES)
ID = "request-7"


def test_every_code_is_provoked() -> None:
    """Whoever adds a code says in `over_http` how a caller gets it."""
    assert {*PROVOCATIONS, *HTTP_FAULTS} == set(ENTRIES)
    assert PROVOCATIONS.keys().isdisjoint(HTTP_FAULTS)


def provoke(code: str, accept: str) -> httpx.Response:
    scene, request = scene_for(code)
    options = request.options
    headers = {"X-Request-ID": ID, "Accept": accept, **options.pop("headers", {})}
    if request.token is not None:
        headers["Authorization"] = f"Bearer {request.token}"
    return scene.send(request.method, request.path, headers=headers, **options)


@CODES
def test_a_code_is_told_as_jsend(code: str) -> None:
    answer = provoke(code, "application/json")

    entry = ENTRIES[code]
    assert answer.status_code == entry.status
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    if answer.status_code < 500:
        data = body.pop("data")
        assert body == {"status": "fail"}
        assert data.pop("message")
        assert_errors(entry, data.pop("errors"))
        assert data == {"code": code, "request_id": ID}
    else:
        assert body.pop("message") == entry.kind.summary
        assert body == {"status": "error", "data": {"code": code, "request_id": ID}}
    assert_headers(entry, answer)


@CODES
def test_a_code_is_told_as_a_problem(code: str) -> None:
    answer = provoke(code, "application/problem+json")

    entry = ENTRIES[code]
    assert answer.status_code == entry.status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body.pop("title")
    assert body.pop("detail")
    assert_errors(entry, body.pop("errors"))
    assert body == {"type": "about:blank", "status": entry.status, "code": code, "request_id": ID}
    assert_headers(entry, answer)


def assert_errors(entry: Entry, errors: list[dict[str, str]]) -> None:
    """Fields are named wherever fields are wrong, and nowhere else."""
    assert bool(errors) == (entry.code in {"VALIDATION_FAILED", "PASSWORD_TOO_WEAK"})
    assert all(each["field"] and each["message"] for each in errors)


def assert_headers(entry: Entry, answer: httpx.Response) -> None:
    assert answer.headers["x-request-id"] == ID
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["vary"] == "Accept"
    challenge = answer.headers.get("www-authenticate", "")
    assert challenge.startswith('Bearer realm="armature"') == (entry.status == 401)
    assert ("allow" in answer.headers) == (entry.status == 405)
    waits = answer.headers.get("retry-after", "0")
    assert (int(waits) > 0) == (entry.status in {429, 503})


@CODES
def test_what_is_ours_to_mend_is_logged_once_under_the_request_s_id(
    code: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        provoke(code, "*/*")

    entry = ENTRIES[code]
    assert entry.status
    told = [each for each in caplog.records if _is_about_failures(each.name)]
    assert len(told) == (entry.status >= 500)
    for record in told:
        assert record.getMessage().startswith(f"Request {ID} failed: {code}")
        assert PLANTED in record.getMessage()
        assert (record.__dict__["request_id"], record.__dict__["code"]) == (ID, code)


def _is_about_failures(logger: str) -> bool:
    """Whether lines of this logger tell of calls that failed.

    What happened is told besides, to whoever watches log-ins, and what was slow, as all is on a
    busy machine. And asyncio tells of what other tests left, whenever that is collected.
    """
    return logger.startswith("armature.") and logger not in {"armature.events", "armature.database"}


@pytest.mark.parametrize("code", HTTP_FAULTS)
@pytest.mark.parametrize("accept", ["application/json", "application/problem+json"])
def test_nothing_of_a_fault_reaches_the_caller(code: str, accept: str) -> None:
    answer = provoke(code, accept)

    told = answer.text + str(answer.headers)
    assert [word for word in PLANTED.split() if word in told] == []
