from collections.abc import Mapping

import pytest

from adapters.system.password_rules import create
from application.invalid_settings import InvalidSettings
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
}


@pytest.mark.parametrize(("url", "password"), ADVICE)
def test_the_named_rules_give_advice(url: str, password: str) -> None:
    assert create(url, SETTINGS).advice(Password(password)) == ADVICE[url, password]


@pytest.mark.parametrize(
    "url",
    ["rules://uper", "rules://upper?min=7", "rules://?min=129", "rules://?max=9", "rules://?min=x"],
)
def test_a_rule_that_does_not_exist_stops_the_start(url: str) -> None:
    with pytest.raises(InvalidSettings, match=r"^PASSWORD_POLICY: "):
        create(url, SETTINGS)
