from ipaddress import ip_address

import ada_url
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.idna.encoder import to_ascii
from domain.errors import ValidationFailed
from domain.user.website import Website

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
