"""The agreed shape of a refusal."""

import httpx

JSON = "application/json"
PROBLEM = "application/problem+json"


def refused(answer: httpx.Response, status: int, code: str) -> list[str]:
    """Check that `answer` refuses a request as JSend says; give the fields it names."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == JSON
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert set(body) == {"status", "data"}
    assert body["status"] == "fail"
    data = body["data"]
    assert set(data) == {"code", "message", "errors", "request_id"}
    assert data["code"] == code
    assert data["request_id"] == answer.headers["x-request-id"]
    assert data["message"]
    assert all(error["message"] for error in data["errors"])
    return [error["field"] for error in data["errors"]]


def refused_for(answer: httpx.Response, *fields: str) -> None:
    """Check that `answer` finds fault with `fields`, and no other."""
    assert refused(answer, 422, "VALIDATION_FAILED") == list(fields)


def unreadable(answer: httpx.Response) -> None:
    """Check that `answer` says that it cannot read the request."""
    assert refused(answer, 400, "INVALID_INPUT") == []
