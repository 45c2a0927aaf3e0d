import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import ValidationFailed
from domain.user.name import MAX_LENGTH, PersonName


@pytest.mark.parametrize(
    "text",
    [
        "Ada",
        "A",
        "José Ñandú",
        "李小龍",
        "محمد",
        "O'Brien-Smith, Jr.",
        "<b>Ada</b>",
        "👩\u200d🚀",
        "❤\ufe0f",
        "Robert'); DROP TABLE users;--",
        "Select Null",
        "x" * 100,
    ],
)
def test_a_name_is_kept_as_it_was_typed(text: str) -> None:
    assert str(PersonName.parse(text)) == unicodedata.normalize("NFC", text)


def test_space_around_a_name_is_not_a_part_of_it() -> None:
    assert PersonName.parse(" \u00a0Ada  Lovelace\u3000") == PersonName("Ada  Lovelace")


def test_a_name_is_in_nfc() -> None:
    assert PersonName.parse("Jose\u0301") == PersonName("Jos\u00e9")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\u3000",
        "x" * 101,
        "a\0b",
        "a\nb",
        "\tAda",
        "a\x1b[31m",
        "a\x7f",
        "a\u0085b",
        "a\ud800",
        "\u202eadA",
        "a\u2066b",
        "a\u200fb",
        "a\u2028b",
        "a\u200bb",
        "\ufeffAda",
        "a\U000e0061b",
        "\u200d",
        "\u3164\u2800",
        "\ufe0f",
    ],
)
def test_what_cannot_be_a_name_is_refused_on_the_field_name(text: str) -> None:
    with pytest.raises(ValidationFailed) as caught:
        PersonName.parse(text)

    assert [error.field for error in caught.value.errors] == ["name"]


@given(st.text())
def test_reading_is_idempotent_and_bounded(text: str) -> None:
    try:
        name = PersonName.parse(text)
    except ValidationFailed:
        return

    assert PersonName.parse(name.value) == name
    assert 1 <= len(name.value) <= MAX_LENGTH
    assert name.value.encode()
