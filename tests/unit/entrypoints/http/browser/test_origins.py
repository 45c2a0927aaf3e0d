import pytest

from entrypoints.http.cookies.csrf import Origin, origins_of, parse_origin


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://a.example", Origin("https", "a.example", 443)),
        ("http://a.example", Origin("http", "a.example", 80)),
        ("HTTPS://A.example:443", Origin("https", "a.example", 443)),
        ("http://[::1]:3000", Origin("http", "[::1]", 3000)),
        ("http://127.0.0.1:3000", Origin("http", "127.0.0.1", 3000)),
        ("https://xn--bcher-kva.example", Origin("https", "xn--bcher-kva.example", 443)),
    ],
)
def test_an_origin_is_scheme_host_and_port(text: str, origin: Origin) -> None:
    assert parse_origin(text) == origin


@pytest.mark.parametrize(
    "text",
    [
        *("", "null", "*", "https://", "https://a.example/", "https://a.example?x", "a.example"),
        *("https://a@b.example", "https://a.example:", "https://a.example:x", "file://a"),
        *("https://a.example\n", " https://a.example", "https://a b", "https://*.example"),
        *("https://a.example:123456", "https://a.example#", "https://bücher.example"),
        *("https://[::1", "https://::1", "https://a.example:٤٤٣", "https://\u212aelvin.example"),
    ],
)
def test_anything_more_or_less_is_none(text: str) -> None:
    assert parse_origin(text) is None


def test_a_list_allows_what_it_names_and_nothing_else() -> None:
    assert origins_of(["https://a.example", "*", "null", "*.example.org"]) == {
        Origin("https", "a.example", 443)
    }
