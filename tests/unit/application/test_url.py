from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.url import Url, split_url

PART = st.text("abcdefghijklmnopqrstuvwxyz0123456789.%-", min_size=1)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("redis://h", Url("redis", "h", "", "", "")),
        (
            "REDIS+Cluster://u:p@a:1,[::1]:2/0?x=1",
            Url("redis+cluster", "u:p@a:1,[::1]:2", "/0", "x=1", ""),
        ),
        ("sqlite:////srv/a.db", Url("sqlite", "", "//srv/a.db", "", "")),
        ("memory://", Url("memory", "", "", "", "")),
        ("unix:///a/b.sock?db=1#f", Url("unix", "", "/a/b.sock", "db=1", "f")),
        ("", Url("", "", "", "", "")),
        ("a\nb", Url("", "", "a\nb", "", "")),
    ],
)
def test_a_url_is_taken_apart(text: str, parts: Url) -> None:
    assert split_url(text) == parts


@given(PART, PART, PART, PART)
def test_it_agrees_with_the_standard_library(host: str, path: str, query: str, end: str) -> None:
    text = f"https://{host}/{path}?{query}#{end}"
    expected = urlsplit(text)

    assert split_url(text) == (
        expected.scheme,
        expected.netloc,
        expected.path,
        expected.query,
        expected.fragment,
    )
