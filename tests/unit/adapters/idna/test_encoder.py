import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.idna.encoder import to_ascii


@pytest.mark.parametrize(
    ("domain", "ascii_form"),
    [
        ("münchen.de", "xn--mnchen-3ya.de"),
        ("MÜNCHEN.de", "xn--mnchen-3ya.de"),
        ("faß.de", "xn--fa-hia.de"),
        ("пример.испытание", "xn--e1afmkfd.xn--80akhbyknj4f"),
        ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
        ("example。com", "example.com"),
        ("example\uff0ecom", "example.com"),
        ("example｡com", "example.com"),
        ("\uff45\uff58ample.com", "example.com"),
        ("xn--mnchen-3ya.ü", "xn--mnchen-3ya.xn--tda"),
    ],
)
def test_a_name_in_any_script_becomes_ascii(domain: str, ascii_form: str) -> None:
    assert to_ascii(domain) == ascii_form


@pytest.mark.parametrize("domain", ["example.com", "EXAMPLE.com", "", "..", "-a-", "a b", "xn--x"])
def test_ascii_comes_back_as_it_is(domain: str) -> None:
    assert to_ascii(domain) == domain


@pytest.mark.parametrize(
    "domain",
    [
        "ü..de",
        ".ü",
        "。",
        "\u00ad",
        "ü" * 64 + ".de",
        ".".join(["ü" * 50] * 6),
        "ü" * 1_000_000,
        "-ü.de",
        "ü-.de",
        "ü_.de",
        "ü de",
        "ü\0.de",
        "☃.net",
        "💩.la",
        "\ud800.de",
        "xn--ü.de",
        "a\u200db.de",
        "\u0661ab\u06f1.de",
    ],
)
def test_a_name_without_such_a_form_is_a_value_error(domain: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        to_ascii(domain)


@given(st.text())
def test_any_text_gives_stable_ascii_or_a_value_error(text: str) -> None:
    try:
        encoded = to_ascii(text)
    except ValueError:
        return

    assert encoded.isascii()
    assert to_ascii(encoded) == encoded
