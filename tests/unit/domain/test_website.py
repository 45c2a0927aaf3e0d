from ipaddress import ip_address

import ada_url
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.idna.encoder import to_ascii
from domain.errors import ValidationFailed
from domain.user.website import MAX_BYTES, Website


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://ann.example", "https://ann.example/"),
        ("  https://ann.example/  ", "https://ann.example/"),
        ("HTTPS://Ann.Example:443/A?b=c#d", "https://ann.example/A?b=c#d"),
        ("http://ann.example:80", "http://ann.example/"),
        ("http://ann.example:08080/x", "http://ann.example:8080/x"),
        ("https://ann.example:80/", "https://ann.example:80/"),
        ("https://ann.example?q", "https://ann.example/?q"),
        ("https://bücher.example/ü?ü#ü", "https://xn--bcher-kva.example/%C3%BC?%C3%BC#%C3%BC"),
        ("https://faß.de/", "https://xn--fa-hia.de/"),
        ("https://例え。テスト/", "https://xn--r8jz45g.xn--zckzah/"),
        ("https://\uff41nn.example/", "https://ann.example/"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
        ("https://ann.example/it's?'", "https://ann.example/it%27s?%27"),
        ("https://ann.example/%7Eann/a.b/...", "https://ann.example/%7Eann/a.b/..."),
        ("https://ann.example/@ann?u=http://x@y", "https://ann.example/@ann?u=http://x@y"),
        ("http://8.8.8.8/", "http://8.8.8.8/"),
        ("http://[2606:4700:0:0::1111]:8080", "http://[2606:4700::1111]:8080/"),
        ("https://sub.co.uk/", "https://sub.co.uk/"),
        ("https://localhost.example/", "https://localhost.example/"),
    ],
)
def test_a_website_is_kept_in_one_form(typed: str, kept: str) -> None:
    website = Website.parse(typed, to_ascii).value

    assert website == kept
    assert Website.parse(website, to_ascii).value == kept


NOT_PUBLIC = [
    "localhost",
    "LOCALHOST",
    "foo.localhost",
    "localhost.",
    "localhost.localdomain",
    "printer.local",
    "metadata.google.internal",
    "router.lan",
    "nas.home.arpa",
    "1.0.0.127.in-addr.arpa",
    "wiki.corp",
    "x.onion",
    "intranet",
    "com",
    "ann.example.",
    "ann。local",
    "\uff4c\uff4f\uff43\uff41\uff4c\uff48\uff4f\uff53\uff54",
    "\u24dbocalhost",
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "127.000.000.001",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "0x7f.1",
    "0X7F000001",
    "0x7f000001",
    "0x",
    "2130706433",
    "017700000001",
    "00000000000000000000000000000000177.0.0.1",
    "8.8.8.256",
    "8.8.8.8.8",
    "foo.0x1",
    "foo.1",
    "\uff11\uff12\uff17.\uff10.\uff10.\uff11",
    "\u2460\u2461\u2466.\u24ea.\u24ea.\u2460",
    "127。0。0。1",
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:8.8.8.8]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::1]",
    "[100::1]",
    "[2001::1]",
    "[2001:db8::1]",
    "[2002:7f00:1::]",
    "[3fff::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[fe80::1%25eth0]",
    "[2606:4700::1%eth0]",
    "[fec0::1]",
    "[ff02::1]",
    "[v1.x]",
    "[]",
    "[2606:4700::1",
    "2606:4700::1",
]

UNREADABLE = [
    "",
    "ann.example",
    "www.ann.example/x",
    "//ann.example",
    "/ann",
    "https:",
    "https://",
    "https:///ann.example",
    "https:/ann.example",
    "https:ann.example",
    "http:\\\\ann.example",
    "http://ann.example\\@evil.example",
    "http:\\/ann.example",
    "https://?x",
    "https://:443/",
    "https://.ann.example",
    "https://ann..example",
    "https://-ann.example",
    "https://ann_x.example",
    "https://" + "a" * 64 + ".example",
    "https://" + "a." * 127 + "example",
    "https://%61nn.example",
    "https://ann%2eexample",
    "https://ann.example%00.evil.example",
    "https://ann.example:",
    "https://ann.example:0",
    "https://ann.example:65536",
    "https://ann.example:+80",
    "https://ann.example:٨٠",
    "https://ann.example:80:80",
    "https://xn--a.example",
    "https://xn--.example",
    "https://xn--localhost-.example",
    "https://xn--" + "9" * 50 + ".example",
    "https://😀.example",
    "https://ann:secret@bob.example",
    "https://ann@bob.example",
    "https://@bob.example",
    "https://8.8.8.8@127.0.0.1/",
    "https://ann.example#@localhost\\",
    "https://ann.example/a b",
    "https://ann.example/\tb",
    "https://ann.example/\r\nSet-Cookie: a=b",
    "ht\ntps://ann.example",
    "\x01https://ann.example",
    "https://ann.example/\0",
    "https://ann.example/\x7f",
    "https://ann.example/\u0085",
    "https://ann.example/\u00a0",
    "https://ann.example/\u3000x",
    "https://ann.example/\u2028",
    "https://ann.example/\u202egpj.exe",
    "https://an\u00adn.example",
    "https://ann\u200b.example",
    "https://ann.example/\ud800",
    'https://ann.example/"onclick=x',
    "https://ann.example/<script>",
    "https://ann.example/`",
    "https://ann.example/{x}|^",
    "https://ann.example/%",
    "https://ann.example/%zz",
    "https://ann.example/a/../b",
    "https://ann.example/./",
    "https://ann.example/%2E%2e",
    "javascript:alert(1)",
    "javascript://ann.example/%0aalert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "ftp://ann.example",
    "ws://ann.example",
    "httpsx://ann.example",
    "https://ann.example/" + "a" * MAX_BYTES,
    "https://ann.example/" + "ü" * (MAX_BYTES // 4),
    "a" * 1_000_000,
]


@pytest.mark.parametrize(
    "text",
    [*(f"http://{host}/" for host in NOT_PUBLIC), *UNREADABLE],
    ids=lambda text: ascii(text)[:60],
)
def test_what_is_no_public_website_is_refused(text: str) -> None:
    with pytest.raises(ValidationFailed) as caught:
        Website.parse(text, to_ascii)

    assert [error.field for error in caught.value.errors] == ["website"]


_LABELS = ["127", "0", "1", "0x7f", "0177", "localhost", "ann", "com", "internal", "\uff11", "。"]
_HOSTS = (
    st.ip_addresses(v=4).map(str)
    | st.ip_addresses(v=6).map("[{}]".format)
    | st.integers(0, 2**32).map(str)
    | st.integers(0, 2**32).map(hex)
    | st.lists(st.sampled_from(_LABELS)).map(".".join)
    | st.text(st.characters(max_codepoint=0xFFFF), min_size=1, max_size=20)
)
_RESTS = st.text(max_size=20) | st.sampled_from(["", "/", "/..", "?", "#", ":80", "\\", "@x.com"])


@given(
    scheme=st.sampled_from(["http://", "https://", "http:", "HTTP:/", "http:\\\\", "https://a@"]),
    host=_HOSTS,
    rest=_RESTS,
)
@example(scheme="http://", host="1.1", rest="")
@example(scheme="http://", host="a.b", rest="/\u00fc'")
def test_a_browser_reads_every_website_as_it_is_kept(scheme: str, host: str, rest: str) -> None:
    """By the URL Standard, as another library implements it."""
    try:
        website = Website.parse(f"{scheme}{host}{rest}", to_ascii).value
    except ValidationFailed:
        return

    read = ada_url.URL(website)
    assert read.href == website
    assert website.isascii()
    assert read.protocol in {"http:", "https:"}
    assert (read.username, read.password) == ("", "")
    assert _is_public(read.hostname)
    assert Website.parse(website, to_ascii).value == website


def _is_public(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_global
    except ValueError:
        name = host.removesuffix(".")
        return "." in name and not name.endswith((".localhost", ".local", ".internal"))
