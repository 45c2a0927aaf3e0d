import pytest

from adapters.nh3.cleaner import Nh3HtmlCleaner
from domain.errors import ValidationFailed
from domain.user.bio import MAX_LENGTH, Bio


def parse(text: str) -> str:
    return Bio.parse(text, Nh3HtmlCleaner().clean).value


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("I grow <em>sunflowers</em>.", "I grow <em>sunflowers</em>."),
        (" a\r\n\tb ", "a\n\tb"),
        ("<p onclick=x>a<script>b</script>", "<p>a</p>"),
        ("Q&A <3", "Q&amp;A &lt;3"),
        ("x" * MAX_LENGTH, "x" * MAX_LENGTH),
        ("👩\u200d🚀", "👩\u200d🚀"),
    ],
)
def test_a_bio_is_kept_clean(typed: str, kept: str) -> None:
    assert parse(typed) == kept
    assert parse(kept) == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n ",
        "<script>alert(1)</script>",
        "x" * (MAX_LENGTH + 1),
        "&" * 1999,
        "<a>" * 600,
        "a\0b",
        "a\x08b",
        "a\x1b[31mb",
        "a\rb",
        "a\u202eb",
        "a\u2066b",
        "a\u2028b",
        "a\ud800b",
        "a&#x202e;b",
        "a&#8;b",
        "<a href='https://x.example/&#x202e;'>x</a>",
    ],
    ids=lambda text: ascii(text)[:40],
)
def test_what_can_be_no_bio_is_refused_on_the_field_bio(text: str) -> None:
    with pytest.raises(ValidationFailed) as caught:
        parse(text)

    assert [error.field for error in caught.value.errors] == ["bio"]
