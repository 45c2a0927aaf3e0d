import json
from collections.abc import AsyncIterator

import httpx
import pytest

from entrypoints.http.app import HttpApi
from entrypoints.http.exchange import MAX_DISCARDED
from entrypoints.http.request import MAX_BODY
from entrypoints.http.validation import MAX_SHOWN

JSON = {"Content-Type": "application/json"}
GOOD = {"name": "a", "count": 1}


async def send(client: httpx.AsyncClient, content: bytes, **headers: str) -> httpx.Response:
    return await client.post("/api/v1/things", content=content, headers={**JSON, **headers})


def wrong_fields(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 422
    data = answer.json()["data"]
    assert data["code"] == "VALIDATION_FAILED"
    return {error["field"]: error["message"] for error in data["errors"]}


async def test_a_good_body_arrives(client: httpx.AsyncClient) -> None:
    answer = await send(client, json.dumps(GOOD).encode())

    assert answer.status_code == 201
    assert answer.json()["data"] == {**GOOD, "note": None, "address": None}


async def test_unknown_fields_and_one_byte_order_mark_are_passed_over(
    client: httpx.AsyncClient,
) -> None:
    answer = await send(client, b"\xef\xbb\xbf" + json.dumps({**GOOD, "else": [1]}).encode())

    assert answer.status_code == 201


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" ",
        b"{",
        b'{"name": "a", "count": 1}}',
        b"{'name': 1}",
        b'{"name": NaN}',
        b"\xef\xbb\xbf\xef\xbb\xbf{}",
        b'{"name": "\xff", "count": 1}',
        b'{"name": "a", "count": 1, "unknown": "\xff"}',
        b'{"name": "\\ud800", "count": 1}',
        b'{"name": "a", "count": 1, "unknown": "\\udfff"}',
        b"[" * 60_000,
        b'{"name": "a", "count": 1, "unknown": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
        b'{"name": 1, "unknown": ' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}",
        "{}".encode("utf-16"),
    ],
    ids=lambda content: repr(content[:40]),
)
async def test_what_is_no_json_is_invalid_input(client: httpx.AsyncClient, content: bytes) -> None:
    answer = await send(client, content)

    assert answer.status_code == 400
    assert answer.json()["data"]["code"] == "INVALID_INPUT"


@pytest.mark.parametrize("content", [b"[]", b'"text"', b"1", b"null", b"true", b"[{}]"])
async def test_json_that_is_no_object_is_not_valid(
    client: httpx.AsyncClient, content: bytes
) -> None:
    assert wrong_fields(await send(client, content)) == {"": "The body must be a JSON object."}


async def test_every_wrong_field_is_named_at_once(client: httpx.AsyncClient) -> None:
    body = {"count": "1", "note": 3, "address": {"city": "x", "zip": None}}

    assert wrong_fields(await send(client, json.dumps(body).encode())) == {
        "name": "This field is needed.",
        "count": "Expected a whole number, got text.",
        "note": "Expected text or null, got a whole number.",
        "address.zip": "Expected a whole number, got null.",
    }


@pytest.mark.parametrize("word", ["x" * 10_000, " - at `$" * 1_250, "`" * 10_000])
async def test_of_a_word_that_is_not_known_no_more_is_shown_than_fits_a_line(
    client: httpx.AsyncClient, word: str
) -> None:
    body = {"email": "ann@example.com", "password": "x", "mode": word}
    answer = await client.post("/api/v1/auth/login", json=body)

    (message,) = wrong_fields(answer).values()
    assert message.startswith("Invalid enum value")
    assert len(message) < 2 * MAX_SHOWN


async def test_numbers_beyond_any_range_are_not_valid(client: httpx.AsyncClient) -> None:
    answer = await send(client, b'{"name": "a", "count": 1e400}')

    assert answer.status_code in {400, 422}


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/json; charset=utf-16", "multipart/form-data", "x"]
)
async def test_other_content_types_are_refused(
    client: httpx.AsyncClient, content_type: str
) -> None:
    answer = await send(client, b"{}", **{"Content-Type": content_type})

    assert answer.status_code == 415
    assert answer.json()["data"]["code"] == "UNSUPPORTED_MEDIA_TYPE"
    assert answer.headers["accept"] == "application/json"


async def test_a_body_without_a_content_type_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/things", content=b"{}")

    assert answer.status_code == 415


async def test_a_compressed_body_is_refused(client: httpx.AsyncClient) -> None:
    answer = await send(client, b"{}", **{"Content-Encoding": "gzip"})

    assert answer.status_code == 415


async def chunks(size: int, taken: list[int]) -> AsyncIterator[bytes]:
    for _ in range(size // 65536):
        taken.append(65536)
        yield b" " * 65536


async def test_a_body_that_announces_too_much_is_refused(client: httpx.AsyncClient) -> None:
    answer = await send(client, b" " * (MAX_BODY + 1))

    assert answer.status_code == 413
    assert answer.json()["data"]["code"] == "PAYLOAD_TOO_LARGE"


async def test_a_body_of_the_largest_size_is_read(client: httpx.AsyncClient) -> None:
    body = json.dumps(GOOD).encode()

    answer = await send(client, body + b" " * (MAX_BODY - len(body)))

    assert answer.status_code == 201


async def test_a_chunked_body_is_refused_when_it_has_become_too_large(
    client: httpx.AsyncClient,
) -> None:
    taken: list[int] = []

    answer = await client.post(
        "/api/v1/things", content=chunks(4 * MAX_DISCARDED, taken), headers=JSON
    )

    assert answer.status_code == 413
    assert sum(taken) < 2 * MAX_DISCARDED


async def test_a_length_of_endless_digits_is_too_large(app: HttpApi) -> None:
    assert await _post(app, [b"{}", b""], content_length=b"9" * 5000) == [413]


async def test_a_length_that_lies_does_not_help(app: HttpApi) -> None:
    statuses = await _post(app, [b" " * MAX_BODY, b" ", b""], content_length=b"2")

    assert statuses == [413]


async def test_a_refused_body_that_breaks_off_is_refused_for_the_first_reason(app: HttpApi) -> None:
    assert await _post(app, [b"{", None], content_type=b"text/plain", content_length=b"9") == [415]


async def test_a_caller_who_waits_for_leave_to_send_is_refused_at_once(app: HttpApi) -> None:
    length = str(MAX_BODY + 1).encode()

    # An empty script: reading anything would fail.
    assert await _post(app, [], content_length=length, expect=b"100-continue") == [413]


async def test_a_body_that_breaks_off_is_malformed_and_no_fault_of_ours(
    app: HttpApi, caplog: pytest.LogCaptureFixture
) -> None:
    assert await _post(app, [b"{", None], content_length=b"9") == [400]
    assert not caplog.records


async def _post(app: HttpApi, script: list[bytes | None], **headers: bytes) -> list[int]:
    """Send a body in pieces, an empty one being the last; None hangs up."""
    pieces = iter(script)
    statuses: list[int] = []

    async def receive() -> dict[str, object]:
        piece = next(pieces)
        if piece is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": piece != b""}

    async def keep_status(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(int(str(message["status"])))

    given = {"host": b"service", "content_type": b"application/json", **headers}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": "/api/v1/things",
        "query_string": b"",
        "headers": [(name.replace("_", "-").encode(), value) for name, value in given.items()],
        "client": None,
    }
    await app(scope, receive, keep_status)  # type: ignore[arg-type]  # what a server would send
    return statuses
