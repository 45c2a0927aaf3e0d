"""What no client would send, byte by byte."""

import struct
from socket import SO_LINGER, SOL_SOCKET

import httpx
import pytest

from tests.integration.bad_input.answers import refused, refused_for, unreadable
from tests.integration.bad_input.wire import AS_JSON, CLOSE, REGISTER, connected, exchange, post
from tests.integration.bad_input.wire import request as send
from tests.integration.processes import Server

pytestmark = [
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session"),
    pytest.mark.usefixtures("unchanged"),
]

HEALTH = b"GET /health HTTP/1.1\r\nHost: service\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        b"garbage\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET /health\r\n\r\n",
        b"GET /health HTTP/9.9\r\n\r\n",
        b"GET /he alth HTTP/1.1\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\n\r\n",
        HEALTH + b"Name : space\r\n\r\n",
        HEALTH + b"Nul: a\0b\r\n\r\n",
        HEALTH + b"Folded: a\r\n b\r\n\r\n",
        HEALTH + b": nameless\r\n\r\n",
        HEALTH + b"Content-Length: -1\r\n\r\n",
        HEALTH + b"Content-Length: +1\r\n\r\n",
        HEALTH + b"Content-Length: 0x1\r\n\r\n",
        HEALTH + b"Content-Length: 1, 2\r\n\r\n",
        HEALTH + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        HEALTH + b"Content-Length: 99999999999999999999\r\n\r\n",
        HEALTH + b"Transfer-Encoding: gzip\r\n\r\n",
    ],
    ids=lambda sent: repr(sent.removeprefix(HEALTH)),
)
def test_what_is_no_request_gets_a_bare_400(server: Server, sent: bytes) -> None:
    # The HTTP server's own answer (design §8): no body, no request id, the connection closed.
    (answer,) = exchange(server, sent)

    assert (answer.status_code, answer.content) == (400, b"")


@pytest.mark.parametrize(
    ("target", "headers", "status"),
    [
        (b"/" + b"a" * 70_000, b"", 414),
        (b"/health", b"Long: " + b"a" * 900_000 + b"\r\n", 431),
        (b"/health", b"Many: a\r\n" * 2000, 431),
    ],
)
def test_too_much_of_a_head_is_refused(
    server: Server, target: bytes, headers: bytes, status: int
) -> None:
    assert send(server, b"GET", target, headers).status_code == status


def test_the_old_protocol_is_spoken(server: Server) -> None:
    (health,) = exchange(server, b"GET /health HTTP/1.0\r\n\r\n")
    head = b"POST %s HTTP/1.0\r\nContent-Length: 2\r\n%s\r\n" % (REGISTER, AS_JSON)
    (answer,) = exchange(server, head + b"{}")

    assert health.status_code == 200
    refused_for(answer, "email", "password")


def test_pipelined_requests_are_answered_in_order(server: Server) -> None:
    ids = [f"number-{number}".encode() for number in range(20)]
    heads = [
        b"GET %s HTTP/1.1\r\nHost: x\r\nX-Request-ID: %s\r\n" % (path, each)
        for each, path in zip(ids, [b"/health", b"/nowhere"] * 10, strict=True)
    ]

    answers = exchange(server, b"\r\n".join(heads) + b"Connection: close\r\n\r\n")

    assert [answer.headers["x-request-id"].encode() for answer in answers] == ids
    assert [answer.status_code for answer in answers] == [200, 404] * 10


def test_of_a_length_and_chunks_the_chunks_count_and_the_connection_ends(server: Server) -> None:
    # RFC 9112 §6.3: or what is behind the chunks would be somebody's next request.
    head = b"POST %s HTTP/1.1\r\nHost: x\r\n%s" % (REGISTER, AS_JSON)
    smuggled = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
    both = b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"

    (answer,) = exchange(server, head + both + smuggled)

    refused_for(answer, "email", "password")
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize(
    "chunks",
    [b"zz\r\n{}\r\n0\r\n\r\n", b"-1\r\n{}\r\n", b"2\r\n{}xx\r\n", b"ffffffffffffffffff\r\n{}"],
)
def test_broken_chunks_cannot_be_read(server: Server, chunks: bytes) -> None:
    unreadable(post(server, AS_JSON + b"Transfer-Encoding: chunked\r\n", chunks))


def test_a_body_that_stops_half_way_cannot_be_read(server: Server) -> None:
    length = b"Content-Length: 1000\r\n"

    unreadable(post(server, AS_JSON + length, b'{"email"', half_closed=True))
    answer = post(server, b"Content-Type: text/plain\r\n" + length, b"x", half_closed=True)
    refused(answer, 415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("is_reset", [True, False])
def test_callers_who_leave_in_the_middle_are_no_trouble(
    server: Server, client: httpx.Client, is_reset: bool
) -> None:
    head = b"POST %s HTTP/1.1\r\n%s%sContent-Length: 1000\r\n\r\n" % (REGISTER, CLOSE, AS_JSON)
    for sent in (b"", b"POST", head, head + b'{"email": "a@example.com", "pass'):
        for _ in range(5):
            with connected(server) as connection:
                connection.sendall(sent)
                if is_reset:
                    connection.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))

    assert client.get("/health").status_code == 200


def test_callers_who_dawdle_hold_nobody_up(server: Server, client: httpx.Client) -> None:
    head = b"POST %s HTTP/1.1\r\n%s%sContent-Length: 2\r\n\r\n" % (REGISTER, CLOSE, AS_JSON)
    with connected(server) as slow, connected(server) as slower:
        slow.sendall(head + b"{")
        slower.sendall(head[:20])

        assert client.get("/health").status_code == 200

        slow.sendall(b"}")
        assert slow.recv(12) == b"HTTP/1.1 422"


def test_too_large_a_body_is_refused_before_it_is_sent(server: Server) -> None:
    expecting = b"Expect: 100-continue\r\nContent-Length: 9223372036854775807\r\n"

    refused(post(server, AS_JSON + expecting, b""), 413, "PAYLOAD_TOO_LARGE")
