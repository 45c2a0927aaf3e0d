from collections.abc import Collection

import pytest

from domain.user.email import EmailAddress
from domain.user.errors import PasswordTooWeak
from domain.user.name import PersonName
from domain.user.password import Password
from domain.user.password_policy import RULES, Rules, check_strength

SEED = Rules((RULES["upper"], RULES["lower"], RULES["digit"]))
ANYTHING = Rules(())
EMAIL = EmailAddress("Ada@München.de", "ada@xn--mnchen-3ya.de")
NAME = PersonName("Ada Straße 1A")


def advice(text: str, policy: Rules = SEED, name: PersonName | None = NAME) -> list[str]:
    try:
        check_strength(policy, Password.presented(text), EMAIL, name, called="new_password")
    except PasswordTooWeak as error:
        return [one.message for one in error.errors if one.field == "new_password"]
    return []


@pytest.mark.parametrize("text", ["Password1", "ÄÖÜäöü٣", "aA1", "1aA \u1f600"])
def test_a_password_that_follows_every_rule_is_strong_enough(text: str) -> None:
    assert advice(text) == []


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("password1", ["Add an upper-case letter."]),
        ("PASSWORD1", ["Add a lower-case letter."]),
        ("Password", ["Add a digit."]),
        ("password", ["Add an upper-case letter.", "Add a digit."]),
        ("!!!!", ["Add an upper-case letter.", "Add a lower-case letter.", "Add a digit."]),
    ],
)
def test_everything_that_is_missing_is_told_at_once(text: str, missing: list[str]) -> None:
    assert advice(text) == missing


@pytest.mark.parametrize(
    ("text", "has_symbol"),
    [("a!", True), ("a b", False), ("a1B", False), ("ä漢", False), ("€", True), ("_", True)],
)
def test_a_symbol_is_neither_letter_nor_digit_nor_space(text: str, *, has_symbol: bool) -> None:
    assert (advice(text, Rules((RULES["symbol"],))) == []) is has_symbol


@pytest.mark.parametrize(
    "text",
    [
        "Ada@München.de",
        "ADA@MÜNCHEN.DE",
        "  ada@münchen.de ",
        "ada@xn--mnchen-3ya.de",
        "Ada Straße 1A",
        "ada strasse 1a",
    ],
)
def test_the_address_and_the_name_are_no_password_under_any_policy(text: str) -> None:
    assert advice(text, ANYTHING) == ["Choose something other than your e-mail address or name."]


def test_a_name_that_nobody_gave_forbids_nothing() -> None:
    assert advice("Ada Straße 1A", ANYTHING, name=None) == []


def test_a_password_that_holds_the_name_among_other_things_is_accepted() -> None:
    assert advice("Ada Straße 1A and more", ANYTHING) == []


def test_a_rule_is_given_the_words_of_the_owner() -> None:
    given: list[str] = []

    def remember(_: str, own_words: Collection[str]) -> None:
        given.extend(own_words)

    assert advice("x", Rules((remember,))) == []
    assert given == ["Ada", "München.de", "ada", "xn--mnchen-3ya.de", "Ada Straße 1A"]


def test_a_policy_without_rules_has_no_advice() -> None:
    assert ANYTHING.advice(Password.presented("x"), ()) == ()
