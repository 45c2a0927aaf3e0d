import random
import secrets
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.user.guessable import COMMON, OWN, REGULAR, Guessable, fold, undisguise

WORDS = frozenset(map(undisguise, ["password", "summer", "dragon", "123456", "qwerty", "love"]))
RULE = Guessable(lambda: WORDS, ("armature",))
ANN = ("ann.lovelace", "example.com", "Ann Béatrice O'Lee")


@pytest.mark.parametrize(
    "text",
    [
        "password",
        "PASSWORD",
        "Password1",
        "Password1!",
        "P@ssw0rd123",
        "Pa$$w0rd",
        "pÁsswörd",
        "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44",
        "p4ssword!!!",
        "!!1password",
        "2026-Summer",
        "Summer2026!",
        "$ummer_2026",
        "xPassword",
        "Dragon12345678",
        "Dragonaaaaaaaa",
        "Dragonsummer",
        "DragonDragon",
        "Password1Password1",
        "Password123456",
        "Qwerty!@#$%1",
    ],
)
def test_a_common_password_is_refused_in_each_disguise(text: str) -> None:
    assert RULE(text, ANN) == COMMON


@pytest.mark.parametrize(
    "text",
    [
        "ann.lovelace",
        "Lovelace1!",
        "L0vel@ce99",
        "ANNLOVELACE7",
        "Béatrice12",
        "beatrice-x1",
        "AnnBeatriceOLee1",
        "Example123!",
        "Armature2026!",
        "my-armature-1",
    ],
)
def test_a_password_of_the_owners_words_is_refused(text: str) -> None:
    assert RULE(text, ANN) == OWN


@pytest.mark.parametrize(
    "text", ["Abcdefghij1", "Zyxwvuts1", "Wxyz6789", "aaaaaaaaA1", "xK3fxK3f", "Ab1!" * 20]
)
def test_a_regular_password_is_refused(text: str) -> None:
    assert RULE(text, ANN) == REGULAR


@pytest.mark.parametrize(
    "text",
    [
        "Correct-Horse-1",
        "correct horse battery staple",
        "Passwordqzvm",
        "Summer-rain-4-tea",
        "Lovelace-knew-tapirs",
        "Ann-and-1-tapir",
        "kY7#pQ2!",
        "漢字仮名交じり文",
        "Loves-1-tapir",
    ],
)
def test_another_password_passes(text: str) -> None:
    assert RULE(text, ANN) is None


def test_what_is_drawn_at_random_passes() -> None:
    draw = random.Random(7)
    letters = "".join(map(chr, range(33, 127)))
    drawn = ["".join(draw.choices(letters, k=12)) for _ in range(2000)]

    assert [text for text in drawn if RULE(text, ANN)] == []
    assert RULE(secrets.token_urlsafe(24), ANN) is None


@given(st.text(min_size=1, max_size=128), st.lists(st.text(max_size=30), max_size=3))
def test_any_text_gets_an_answer(text: str, own: Sequence[str]) -> None:
    assert RULE(text, own) in {None, COMMON, OWN, REGULAR}
    assert len(undisguise(fold(text))) == len(fold(text))
