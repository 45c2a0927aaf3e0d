from collections.abc import Mapping

import pytest

from adapters.password_rules.policy import common_words, create
from application.invalid_settings import InvalidSettings
from domain.user.guessable import COMMON, OWN
from domain.user.password import Password
from tests.world import SETTINGS

ADVICE: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("rules://upper,lower,digit", "Abcdefg1"): (),
    ("rules://upper,lower,digit", "abcdefgh"): ("Add an upper-case letter.", "Add a digit."),
    ("rules://symbol", "Abcdefg1 "): ("Add a symbol.",),
    ("rules://symbol", "Abcdefg1!"): (),
    ("rules://", "aaaaaaaa"): (),
    ("rules://?min=12", "aaaaaaaaaaa"): ("Use at least 12 characters.",),
    ("rules://?min=12", "aaaaaaaaaaaa"): (),
    ("rules://lower?min=12", "ÄÄÄÄÄÄÄÄ1"): (
        "Add a lower-case letter.",
        "Use at least 12 characters.",
    ),
    ("rules://uncommon", "Correct-Horse-1"): (),
    ("rules://digit,uncommon", "P@ssword"): ("Add a digit.", COMMON),
}


@pytest.mark.parametrize(("url", "password"), ADVICE)
def test_the_named_rules_give_advice(url: str, password: str) -> None:
    assert create(url, SETTINGS).advice(Password(password), ()) == ADVICE[url, password]


@pytest.mark.parametrize(
    "url",
    ["rules://uper", "rules://upper?min=7", "rules://?min=129", "rules://?max=9", "rules://?min=x"],
)
def test_a_rule_that_does_not_exist_stops_the_start(url: str) -> None:
    with pytest.raises(InvalidSettings, match=r"^PASSWORD_POLICY: "):
        create(url, SETTINGS)


@pytest.mark.parametrize(
    "password",
    [
        "Password1!",
        "P@ssw0rd123",
        "Summer2026!",
        "Welcome123",
        "Qwerty123!",
        "1qaz2wsxE",
        "Letmein!23",
        "Iloveyou2",
        "Monkey12345",
        "Football#1",
        "Trustno1!",
        "Abcd1234!",
        "Admin123!",
        "Changeme1",
    ],
)
def test_what_everybody_takes_is_refused(password: str) -> None:
    assert create("rules://upper,lower,digit,uncommon", SETTINGS).advice(
        Password(password), ()
    ) == (COMMON,)


def test_the_name_of_the_service_is_no_password() -> None:
    assert create("rules://uncommon", SETTINGS).advice(Password("Armature#1"), ()) == (OWN,)


def test_the_list_is_read_when_it_is_needed() -> None:
    common_words.cache_clear()

    policy = create("rules://uncommon", SETTINGS)

    assert common_words.cache_info().currsize == 0
    policy.advice(Password("Correct-Horse-1"), ())
    assert len(common_words()) > 15_000
