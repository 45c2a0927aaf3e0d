"""Requests that two readers of one connection could cut in two ways.

Behind a proxy that cuts in another way than we do, the second half of one caller's request is the
first half of the next caller's (RFC 9112 §11.2). Each is refused, or served with the length
ignored and the connection closed (§6.3); what is behind it is never answered.
"""

import pytest

from tests.integration.bad_input.answers import refused
from tests.integration.bad_input.wire import exchange
from tests.integration.processes import Server

SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
CHUNKED = b"2\r\n{}\r\n0\r\n\r\n"
LENGTH = b"Content-Length: 4\r\n"


@pytest.mark.parametrize(
    "headers",
    [
        *(
            LENGTH + b"Content-Length: 5\r\n",
            b"Content-Length: 4, 4\r\n",
            b"Content-Length: 4 4\r\n",
        ),
        *(b"Content-Length: 0x4\r\n", b"Content-Length: 4\r\n 5\r\n", b"Content-Length : 4\r\n"),
        *(b"Content-Length: 4\x0b\r\n", b"Content-Length: \xb2\r\n", b"Content\x00-Length: 4\r\n"),
        LENGTH + b"Transfer-Encoding: chunked, identity\r\n",
        LENGTH + b"Transfer-Encoding: xchunked\r\n",
        LENGTH + b"Transfer-Encoding: identity\r\n",
        LENGTH + b"Transfer-Encoding: chunked;q=1\r\n",
        LENGTH + b"Transfer-Encoding: \x0bchunked\r\n",
        LENGTH + b"Transfer-Encoding: chunked\x00\r\n",
        LENGTH + b"Transfer-Encoding: 'chunked'\r\n",
        LENGTH + b"Transfer-Encoding : chunked\r\n",
        LENGTH + b" Transfer-Encoding: chunked\r\n",
        LENGTH + b"Transfer-Encoding:\r\n chunked\r\n",
        LENGTH + b"Transfer-Encoding\r\n: chunked\r\n",
        LENGTH + b"X: a\rTransfer-Encoding: chunked\r\n",
        LENGTH + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
    ],
    ids=repr,
)
def test_a_length_that_is_none_or_two_is_refused(impatient: Server, headers: bytes) -> None:
    (answer,) = exchange(impatient, POST + headers + b"\r\n" + CHUNKED + SMUGGLED)

    assert (answer.status_code, answer.content) == (400, b"")
    assert answer.headers["connection"] == "close"
    assert "server" not in answer.headers


@pytest.mark.parametrize(
    "codings",
    [
        *(b"gzip, chunked", b"chunked, chunked", b"identity, chunked", b"x, chunked", b", chunked"),
        *(b"identity\r\nTransfer-Encoding: chunked", b"chunked\r\nTransfer-Encoding: chunked"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("length", [b"", LENGTH], ids=["", "and a length"])
def test_chunks_in_another_coding_are_refused(
    impatient: Server, codings: bytes, length: bytes
) -> None:
    head = POST + length + b"Transfer-Encoding: " + codings + b"\r\n\r\n"

    (answer,) = exchange(impatient, head + CHUNKED + SMUGGLED)

    refused(answer, 400, "UNKNOWN_FRAMING")
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize("name", [b"Transfer-Encoding", b"transfer-encoding", b"TRANSFER-ENCODING"])
@pytest.mark.parametrize("coding", [b"chunked", b"Chunked", b" \t chunked\t "])
@pytest.mark.parametrize("order", ["length first", "chunks first"])
def test_beside_chunks_a_length_is_ignored_and_the_connection_closed(
    impatient: Server, name: bytes, coding: bytes, order: str
) -> None:
    lines = [LENGTH, name + b":" + coding + b"\r\n"]
    lines = lines if order == "length first" else lines[::-1]

    (answer,) = exchange(impatient, POST + b"".join(lines) + b"\r\n" + CHUNKED + SMUGGLED)

    refused(answer, 422, "VALIDATION_FAILED")
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize(
    "chunks",
    [
        *(b"0x2\r\n{}\r\n0\r\n\r\n", b"2_\r\n{}\r\n0\r\n\r\n", b"+2\r\n{}\r\n0\r\n\r\n"),
        *(b"2\n{}\n0\n\n", b"2;a=\nb\r\n{}\r\n0\r\n\r\n", b"2\r\n{}0\r\n\r\n", b"\r\n2\r\n{}\r\n"),
        *(b"10000000000000002\r\n{}\r\n0\r\n\r\n", b"2\r{}\r0\r\r", b"2 2\r\n{}\r\n0\r\n\r\n"),
    ],
    ids=repr,
)
def test_chunks_that_are_none_end_the_connection(impatient: Server, chunks: bytes) -> None:
    head = POST + b"Transfer-Encoding: chunked\r\n\r\n"

    (answer,) = exchange(impatient, head + chunks + SMUGGLED)

    refused(answer, 400, "INVALID_INPUT")


def test_trailers_change_nothing(impatient: Server) -> None:
    head = POST + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    trailers = b"Host: evil\r\nContent-Length: 99\r\nAuthorization: Bearer x\r\n\r\n"

    (answer,) = exchange(impatient, head + b"2\r\n{}\r\n0\r\n" + trailers + SMUGGLED)

    refused(answer, 422, "VALIDATION_FAILED")


def test_the_old_protocol_has_no_chunks(impatient: Server) -> None:
    head = POST.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n"

    (answer,) = exchange(impatient, head + CHUNKED + SMUGGLED)

    assert answer.status_code == 400


def test_the_body_of_a_reader_is_not_the_next_request(impatient: Server) -> None:
    head = b"GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n" % len(SMUGGLED)
    last = b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    answers = exchange(impatient, head + b"\r\n" + SMUGGLED + last)

    assert [answer.status_code for answer in answers] == [200, 200]


def test_a_bare_line_feed_ends_a_line_and_nothing_more(impatient: Server) -> None:
    # RFC 9112 §2.2 lets a server read it so, and ours does: no proxy may pass one on inside a
    # value. What comes of it is one request, cut in one way.
    head = b"GET /health HTTP/1.1\nHost: a\nConnection: close\n\n"

    (answer,) = exchange(impatient, head)

    assert answer.status_code == 200
