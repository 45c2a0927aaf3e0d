import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import ValidationFailed
from domain.user.role import ADMIN, Role


@given(st.from_regex(r"[a-z][a-z0-9_-]{0,31}", fullmatch=True))
def test_a_role_is_a_lower_case_word(text: str) -> None:
    assert str(Role.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a" * 33,
        "Admin",
        "1a",
        "_a",
        "-a",
        "a b",
        "a.b",
        "a,b",
        "é",
        "a\n",
        "\0",
        "a\ud800",
        "\u0430dmin",
    ],
)
def test_anything_else_is_refused_on_the_field_role(text: str) -> None:
    with pytest.raises(ValidationFailed) as caught:
        Role.parse(text)

    assert [error.field for error in caught.value.errors] == ["role"]


def test_the_admin_is_a_role_like_others() -> None:
    assert Role.parse("admin") == ADMIN
    assert sorted([Role("b"), ADMIN]) == [ADMIN, Role("b")]
