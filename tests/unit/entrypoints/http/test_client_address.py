"""Whom a request comes from, when proxies say so and when callers do."""

import logging
from ipaddress import ip_address, ip_network
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.context import call_context
from entrypoints.http.client_address import TrustedProxies
from entrypoints.http.middleware import ExchangeMiddleware
from entrypoints.http.refusals import Transport

PROXY, INNER, CALLER = "10.0.0.1", "10.0.0.2", "203.0.113.7"
TRUSTED: Final = tuple(map(ip_network, ("10.0.0.0/24", "2001:db8::/64")))
Headers = list[tuple[str, str]]


async def seen(
    headers: Headers, peer: str | None = PROXY, *, scheme: str = "http"
) -> tuple[str, str]:
    """Give the address and the scheme that the application sees."""
    scope: Any = {
        "type": "http",
        "scheme": scheme,
        "client": None if peer is None else (peer, 4711),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
    }
    TrustedProxies(TRUSTED).resolve(scope)
    return (scope["client"] or [""])[0], scope["scheme"]


def xff(*values: str) -> Headers:
    return [("X-Forwarded-For", value) for value in values]


def rfc(*values: str) -> Headers:
    return [("Forwarded", value) for value in values]


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ([], PROXY),
        (xff(CALLER), CALLER),
        (xff(f"1.1.1.1, {CALLER}"), CALLER),
        (xff(f"1.1.1.1, {CALLER}, {INNER}"), CALLER),
        (xff("1.1.1.1", CALLER, INNER), CALLER),
        (xff(f"{CALLER}:5678"), CALLER),
        (xff("[2001:DB8:1::1]:443"), "2001:db8:1::1"),
        (xff("2001:db8:1::1"), "2001:db8:1::1"),
        (xff(f"::ffff:{CALLER}"), CALLER),
        (xff(f"{INNER}, {INNER}"), INNER),
        (rfc(f"for={CALLER}"), CALLER),
        (rfc(f"For={CALLER};proto=https;by=10.0.0.1"), CALLER),
        (rfc(f'for=1.1.1.1, for="{CALLER}:80", for=10.0.0.2'), CALLER),
        (rfc("for=1.1.1.1", f"for={CALLER}", "for=10.0.0.2"), CALLER),
        (rfc('for="[2001:db8:1::1]:4711"'), "2001:db8:1::1"),
        (rfc('for="[2001:db8:1::1]"'), "2001:db8:1::1"),
        (rfc(f'for="evil, for={CALLER}'), CALLER),
        (rfc(f'for="a\\", for={CALLER}'), CALLER),
        (rfc(f'by="a,b";for={CALLER}, for={INNER}'), CALLER),
        (xff(CALLER) + rfc("for=1.1.1.1"), CALLER),
        ([("X-Forwarded-Proto", "https")], PROXY),
        ([("X-Forwarded-Host", "evil.example"), ("X-Real-IP", "1.1.1.1")], PROXY),
    ],
)
async def test_the_caller_is_the_first_from_the_right_who_is_no_proxy(
    headers: Headers, address: str
) -> None:
    assert (await seen(headers))[0] == address


@pytest.mark.parametrize(
    "value",
    [
        *("", " ", ",", "unknown", "_hidden", "_gazonk:_1", "example.org", "1.2.3", "1.2.3.4.5"),
        *("01.2.3.4", "1.2.3.4:", "1.2.3.4:99999", "1.2.3.4:port", "[::1", "::1]", "[1.2.3.4]"),
        *("fe80::1%eth0", "::1:::", "1.2.3.4;", '"1.2.3.4"', "\xff", "9" * 5000, "'", "1.2.3.4/8"),
    ],
)
async def test_what_cannot_be_read_leaves_the_last_proxy_that_is_known(value: str) -> None:
    assert (await seen(xff(f"1.1.1.1, {value}, {INNER}")))[0] == INNER
    assert (await seen(xff(value)))[0] == PROXY
    assert (await seen(rfc(f'for=1.1.1.1, for="{value}", for={INNER}')))[0] == INNER


@pytest.mark.parametrize(
    "element",
    ["for", "for=", "for=1.2.3.4;for=1.2.3.4", "for =1.2.3.4", "for=1.2.3.4 by=x", "proto=https"],
)
async def test_an_element_that_breaks_the_grammar_names_nobody(element: str) -> None:
    assert (await seen(rfc(f"for=1.1.1.1, {element}, for={INNER}")))[0] == INNER


@pytest.mark.parametrize("peer", ["192.0.2.1", "::1", "10.0.1.1"])
@pytest.mark.parametrize("headers", [xff(CALLER), rfc(f"for={CALLER};proto=https")])
async def test_who_is_no_proxy_speaks_for_nobody(peer: str, headers: Headers) -> None:
    headers = [*headers, ("X-Forwarded-Proto", "https")]

    assert await seen(headers, peer) == (peer, "http")


async def test_ipv4_that_came_over_ipv6_is_ipv4() -> None:
    assert (await seen([], "::ffff:192.0.2.1"))[0] == "192.0.2.1"
    assert (await seen(xff(CALLER), f"::ffff:{PROXY}"))[0] == CALLER


async def test_a_unix_socket_has_no_address_and_no_say() -> None:
    assert await seen([*xff(CALLER), ("X-Forwarded-Proto", "https")], None) == ("", "http")


@pytest.mark.parametrize(
    ("headers", "scheme"),
    [
        ([("X-Forwarded-Proto", "https")], "https"),
        ([*xff(CALLER), ("X-Forwarded-Proto", "HTTPS")], "https"),
        ([*xff(CALLER), ("X-Forwarded-Proto", "https, http")], "http"),
        ([*xff(f"{CALLER}, {INNER}"), ("X-Forwarded-Proto", "https, http")], "https"),
        ([*xff(f"{CALLER}, {INNER}"), ("X-Forwarded-Proto", "https")], "https"),
        ([*xff(f"{CALLER}, {INNER}"), ("X-Forwarded-Proto", "http, https, http")], "https"),
        ([*xff("unknown"), ("X-Forwarded-Proto", "https")], "https"),
        ([*xff(CALLER), ("X-Forwarded-Proto", "javascript")], "http"),
        ([*xff(CALLER), ("X-Forwarded-Proto", "")], "http"),
        (rfc(f"for={CALLER};proto=https"), "https"),
        (rfc(f"for=1.1.1.1;proto=https, for={CALLER};proto=http"), "http"),
        (rfc(f"for={CALLER};proto=https, for={INNER};proto=http"), "https"),
        (rfc(f"for=1.1.1.1;proto=https, for={CALLER}"), "http"),
        ([*rfc(f"for={CALLER}"), ("X-Forwarded-Proto", "https")], "http"),
    ],
)
async def test_the_scheme_is_that_of_the_proxy_which_saw_the_caller(
    headers: Headers, scheme: str
) -> None:
    assert (await seen(headers))[1] == scheme


async def test_a_connection_over_tls_stays_one_when_nobody_says_otherwise() -> None:
    assert (await seen(xff(CALLER), scheme="https"))[1] == "https"


TEXT = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=40)
FOREIGN = st.ip_addresses().filter(
    lambda each: (
        not any(each in network for network in TRUSTED)
        and not (each.version == 6 and each.ipv4_mapped)
    )
)


@given(TEXT | st.lists(FOREIGN.map(str)).map(", ".join), FOREIGN, st.booleans())
async def test_whatever_a_caller_says_changes_nothing(
    said: str, caller: object, is_split: bool
) -> None:
    joined = xff(said, f"{caller}, {INNER}") if is_split else xff(f"{said},{caller}, {INNER}")

    assert (await seen(joined))[0] == str(ip_address(str(caller)))


@given(TEXT, FOREIGN, st.booleans())
async def test_whatever_a_caller_says_in_the_standard_header_changes_nothing(
    said: str, caller: object, is_split: bool
) -> None:
    node = f'for="[{caller}]:80"' if ":" in str(caller) else f"for={caller}"
    added = f"{node};proto=https, for={INNER};proto=http"
    joined = rfc(said, added) if is_split else rfc(f"{said},{added}")

    assert await seen(joined) == (str(caller), "https")


async def test_a_header_without_end_is_read_no_further_than_is_reasonable() -> None:
    endless = ", ".join([CALLER, *[INNER] * 10_000])

    assert (await seen(xff(endless)))[0] == INNER


async def test_the_context_of_the_call_has_the_caller_s_address() -> None:
    found: list[str | None] = []

    async def app(*_: object) -> None:
        found.append(call_context.get().client_address)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/",
        "query_string": b"",
        "client": (PROXY, 1),
        "headers": [(b"host", b"x"), (b"x-forwarded-for", CALLER.encode())],
    }
    await ExchangeMiddleware(app, Transport(proxies=TRUSTED))(scope, None, None)  # type: ignore[arg-type] # as much as is looked at

    assert found == [CALLER]


async def test_a_proxy_that_nobody_named_is_warned_of_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    proxies = TrustedProxies(())
    with caplog.at_level(logging.WARNING):
        for headers in ([], [(b"x-forwarded-for", b"secret")], [(b"forwarded", b"for=x")]):
            scope = {"type": "http", "scheme": "http", "client": (PROXY, 1), "headers": headers}
            proxies.resolve(scope)  # type: ignore[arg-type] # as much as is looked at

    (record,) = caplog.records
    assert f"x-forwarded-for came from {PROXY}" in record.getMessage()
    assert "TRUSTED_PROXIES" in record.getMessage()
    assert "secret" not in record.getMessage()
