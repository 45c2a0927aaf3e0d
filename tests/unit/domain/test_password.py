import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import ValidationFailed
from domain.user.password import MAX_BYTES, MAX_LENGTH, MIN_LENGTH, Password

CLEAN = st.characters(codec="utf-8", exclude_characters="\0")


def test_a_password_hides_from_repr() -> None:
    password = Password.presented("hunter22")

    assert "hunter" not in repr(password)
    assert "hunter" not in f"{password} {[password]}"


def test_two_spellings_of_one_password_are_the_same() -> None:
    assert Password.presented("Pa\u0308sswort") == Password.presented("P\u00e4sswort")


def test_space_belongs_to_a_password() -> None:
    assert Password.presented("  a  ").value == "  a  "


@pytest.mark.parametrize(
    ("text", "is_long_enough"), [("a" * 7, False), ("a" * 8, True), ("a\u0308" * 7, False)]
)
def test_a_chosen_password_has_8_characters_after_nfc(text: str, *, is_long_enough: bool) -> None:
    if is_long_enough:
        assert Password.chosen(text).value == text
    else:
        with pytest.raises(ValidationFailed):
            Password.chosen(text)


def test_a_presented_password_may_be_shorter_than_today_is_allowed() -> None:
    assert Password.presented("old").value == "old"


@pytest.mark.parametrize(
    "text",
    ["", "a" * 129, "\u1e9e" * 129, "a\0bcdefgh", "\0", "abcdefg\ud800", "\udfffabcdefgh"],
)
def test_what_cannot_be_a_password_is_refused_whole(text: str) -> None:
    for read in (Password.presented, Password.chosen):
        with pytest.raises(ValidationFailed) as caught:
            read(text, called="new_password")

        assert [error.field for error in caught.value.errors] == ["new_password"]


def test_128_characters_are_accepted_and_kept_whole() -> None:
    for char in ("a", "\u1e9e", "\U0001f600"):
        assert Password.chosen(char * 128).value == char * 128


def test_the_bounds_are_those_of_the_design() -> None:
    assert (MIN_LENGTH, MAX_LENGTH, MAX_BYTES) == (8, 128, 1024)


def test_what_is_typed_in_more_than_1024_bytes_is_refused_however_short_it_becomes() -> None:
    syllable = "\u1112\u1161\u11ab"  # Three letters and nine bytes, which NFC makes one of.

    assert len(Password.chosen(syllable * 113).value) == 113
    with pytest.raises(ValidationFailed):
        Password.chosen(syllable * 114)


@given(st.text(CLEAN, min_size=1))
def test_a_password_is_refused_or_kept_whole_and_never_truncated(text: str) -> None:
    normal = unicodedata.normalize("NFC", text)
    try:
        password = Password.presented(text)
    except ValidationFailed:
        assert len(normal) > MAX_LENGTH or len(text.encode()) > MAX_BYTES
        return

    assert password.value == normal
    assert Password.presented(password.value) == password
