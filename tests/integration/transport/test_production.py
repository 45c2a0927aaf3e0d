"""The service as it runs in production: one proxy in front, one host, HTTPS alone."""

import httpx
import pytest

from tests.integration.bad_input.answers import refused
from tests.integration.bad_input.wire import exchange
from tests.integration.processes import Server

SECURE = b"X-Forwarded-Proto: https\r\n"


def get(server: Server, target: bytes, *headers: bytes) -> httpx.Response:
    lines = b"".join(header + b"\r\n" for header in headers)
    head = b"GET %s HTTP/1.1\r\nConnection: close\r\n%s%s\r\n" % (target, SECURE, lines)
    (answer,) = exchange(server, head)
    return answer


@pytest.mark.parametrize(
    "host",
    [
        *(b"api.example.org", b"API.EXAMPLE.ORG", b"api.example.org:443", b"api.example.org."),
        *(b"api.example.org:", b"a.example.net", b" \tapi.example.org\t "),
    ],
)
def test_a_host_of_ours_is_answered_however_it_is_written(production: Server, host: bytes) -> None:
    answer = get(production, b"/docs", b"Host:" + host)

    assert answer.status_code == 200
    assert b"evil" not in answer.content


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (b"Host:",),
        (b"Host: evil.example",),
        (b"Host: 127.0.0.1",),
        (b"Host: localhost",),
        (b"Host: example.net",),
        (b"Host: api.example.org.evil.example",),
        (b"Host: api.example.org@evil.example",),
        (b"Host: evil.example@api.example.org",),
        (b"Host: api.example.org:443@evil.example",),
        (b"Host: api.example.org:evil.example",),
        (b"Host: api.example.org/evil.example",),
        (b"Host: api.example.org#evil.example",),
        (b"Host: api.example.org,evil.example",),
        (b"Host: api.example.org evil.example",),
        (b"Host: evil.example\tapi.example.org",),
        (b"Host: api.example.org\xa0",),
        (b"Host: \xc3\xa4pi.example.org",),
        (b"Host: xn--api.example.org",),
        (b"Host: evil.example/.example.net",),
        (b"Host: api.example.org", b"Host: evil.example"),
        (b"Host: evil.example", b"Host: api.example.org"),
        (b"Host: api.example.org", b"Host: api.example.org"),
        (b"Host: evil.example", b"X-Forwarded-Host: api.example.org"),
        (b"Host: evil.example", b"Forwarded: host=api.example.org;proto=https"),
        (b"Host: evil.example", b"X-Host: api.example.org", b"X-HTTP-Host-Override: a.example.net"),
    ],
    ids=repr,
)
def test_any_other_host_is_refused(production: Server, headers: tuple[bytes, ...]) -> None:
    refused(get(production, b"/docs", *headers), 400, "INVALID_INPUT")


def test_what_a_proxy_says_of_the_host_is_not_heard(production: Server) -> None:
    answer = get(
        production,
        b"/docs",
        b"Host: api.example.org",
        b"X-Forwarded-Host: evil.example",
        b"X-Forwarded-Server: evil.example",
        b"X-Original-URL: /evil",
        b"X-Rewrite-URL: /evil",
        b"X-HTTP-Method-Override: DELETE",
    )

    assert answer.status_code == 200
    assert b"https://api.example.org/api/v1" in answer.content
    assert b"evil" not in answer.content


def test_a_target_with_a_host_of_its_own_is_judged_by_the_header(production: Server) -> None:
    # RFC 9112 §3.2.2 puts the target first, but the HTTP server does not pass it on. Nothing here
    # looks at it, so it leads nobody astray.
    elsewhere = get(production, b"http://evil.example/docs", b"Host: api.example.org")
    refused(
        get(production, b"http://api.example.org/docs", b"Host: evil.example"), 400, "INVALID_INPUT"
    )

    assert elsewhere.status_code == 200
    assert b"evil" not in elsewhere.content


@pytest.mark.parametrize("target", [b"/docs", b"//evil.example/%2e%2e?a=b", b"/\\evil.example"])
def test_plain_http_leads_to_our_own_host(production: Server, target: bytes) -> None:
    head = b"GET %s HTTP/1.1\r\nHost: API.example.org:80\r\nConnection: close\r\n\r\n" % target

    (answer,) = exchange(production, head)

    assert answer.status_code == 308
    assert answer.headers["location"].encode() == b"https://api.example.org" + target


def test_plain_http_takes_nothing_in(production: Server) -> None:
    with httpx.Client(base_url=production.url, headers={"Host": "api.example.org"}) as client:
        answer = client.post("/api/v1/auth/login", json={"email": "a@b.org", "password": "x"})
        refused(answer, 403, "HTTPS_REQUIRED")
        said = {"X-Forwarded-Proto": "https"}
        answer = client.post("/api/v1/auth/login", json={"email": "a@b.org"}, headers=said)
        refused(answer, 422, "VALIDATION_FAILED")


@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/ready"])
def test_probes_come_by_address_and_plain_http(production: Server, path: str) -> None:
    answer = httpx.get(production.url + path)

    assert answer.status_code == 200
    assert answer.headers.get_list("server") == [""]


@pytest.mark.parametrize(
    "target", [b"/healthz", b"/health/../docs", b"/health/%2e%2e/docs", b"/health/..%2fdocs"]
)
def test_what_only_begins_like_a_probe_is_none(production: Server, target: bytes) -> None:
    refused(get(production, target, b"Host: 10.0.0.7"), 400, "INVALID_INPUT")


def test_a_page_that_is_listed_reads_its_errors_too(production: Server) -> None:
    answer = get(
        production, b"/nowhere", b"Host: api.example.org", b"Origin: https://app.example.org"
    )

    refused(answer, 404, "NOT_FOUND")
    assert answer.headers["access-control-allow-origin"] == "https://app.example.org"
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
