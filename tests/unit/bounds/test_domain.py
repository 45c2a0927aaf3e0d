"""Every parser of the domain measures a text before it does any work by character."""

import importlib
import inspect
import pkgutil
import sys
import unicodedata
from collections.abc import Callable, Iterator
from functools import partial

import pytest

import domain
from adapters.idna.encoder import to_ascii
from adapters.nh3.cleaner import Nh3HtmlCleaner
from domain.errors import DomainError
from domain.text import NFC_RATIO, Bound
from tests.unit.bounds.worst import MIB, work_of, worst

# What parsers take besides the text; `called` has a default.
GIVEN = {"to_ascii": to_ascii, "clean": Nh3HtmlCleaner().clean}
LENGTH = {"len"}
BYTES = {"len", "encode"}
FEW = 40
"""Calls that a refusal may take, its error included."""
MOST_NORMALISED = 1016
"""Characters that are ever normalised at once, of all that is admitted: 1.6 ms where it takes the
square of a run."""


def _modules() -> Iterator[object]:
    for module in pkgutil.walk_packages(domain.__path__, "domain."):
        yield importlib.import_module(module.name)


def _takes_text(function: Callable[..., object]) -> bool:
    first = next(iter(inspect.signature(function).parameters.values()), None)
    return first is not None and first.name == "text" and first.annotation in {str, "str"}


def _parsers() -> Iterator[tuple[str, type, Callable[[str], object]]]:
    """Find every class method of the domain that makes a value of a text."""
    for module in _modules():
        for kind in vars(module).values():
            if not isinstance(kind, type) or kind.__module__ != getattr(module, "__name__", ""):
                continue
            for name, member in vars(kind).items():
                if isinstance(member, classmethod) and _takes_text(bound := getattr(kind, name)):
                    names = inspect.signature(bound).parameters
                    more = {each: GIVEN[each] for each in names if each in GIVEN}
                    yield f"{kind.__name__}.{name}", kind, partial(bound, **more)


PARSERS = {name: (kind, read) for name, kind, read in _parsers()}
EACH = pytest.mark.parametrize("name", PARSERS)


def test_the_parsers_are_found() -> None:
    assert PARSERS.keys() >= {"EmailAddress.parse", "Password.presented", "Password.chosen"}
    assert len(PARSERS) >= 8


@EACH
def test_a_value_says_how_long_its_text_may_be(name: str) -> None:
    kind, _ = PARSERS[name]

    assert isinstance(vars(kind).get("BOUND"), Bound), f"{kind.__name__} needs a BOUND"


@EACH
def test_of_a_text_that_is_too_long_nothing_is_seen_but_its_length(name: str) -> None:
    kind, read = PARSERS[name]
    bound: Bound = vars(kind)["BOUND"]
    for size in (bound.characters + 1, MIB):
        for text in worst(size):
            work = work_of(read, text)

            assert work.native <= LENGTH
            assert work.normalised == []
            assert work.calls < FEW


@EACH
def test_a_text_with_too_many_bytes_is_refused_as_soon_as_they_are_counted(name: str) -> None:
    kind, read = PARSERS[name]
    bound: Bound = vars(kind)["BOUND"]
    size = bound.octets // 4 + 1
    if size > bound.characters:
        return
    work = work_of(read, "\U0001f600" * size)

    assert work.native <= BYTES
    assert work.normalised == []
    assert work.calls < FEW


@EACH
def test_the_work_on_the_worst_text_that_is_admitted_grows_with_its_length_alone(
    name: str,
) -> None:
    kind, read = PARSERS[name]
    bound: Bound = vars(kind)["BOUND"]
    halves, wholes = worst(bound.characters // 2), worst(bound.characters)
    for half, whole in zip(halves, wholes, strict=True):
        less, more = work_of(read, half), work_of(read, whole)

        assert max(more.normalised, default=0) <= MOST_NORMALISED
        assert more.calls <= 3 * less.calls + 10 * bound.characters


@EACH
def test_a_text_that_is_too_long_is_refused_by_an_error_of_the_domain(name: str) -> None:
    kind, read = PARSERS[name]
    bound: Bound = vars(kind)["BOUND"]

    for size in (bound.characters + 1, MIB):
        with pytest.raises(DomainError):
            read("a" * size)


def test_no_more_characters_become_one_than_the_ratio_says() -> None:
    longest = max(
        len(apart)
        for char in map(chr, range(sys.maxunicode + 1))
        if unicodedata.normalize("NFC", apart := unicodedata.normalize("NFD", char)) == char
    )

    assert longest == NFC_RATIO


@pytest.mark.parametrize(
    ("text", "is_within"),
    [("a" * 8, True), ("a" * 9, False), ("é" * 4, True), ("é" * 5, False), ("\ud800" * 3, False)],
)
def test_a_bound_counts_characters_and_bytes(text: str, *, is_within: bool) -> None:
    assert Bound(8, 8).admits(text) is is_within
