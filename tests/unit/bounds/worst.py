"""The worst texts to read, and a count of what is done with one.

No clock: the interpreter reports every call to a profile function, so what is counted is the same
on every machine. `unicodedata.normalize`, whose work takes the square of a run of combining
characters on some releases, is recorded with the length of what it was given.
"""

import gc
import sys
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import FrameType
from typing import Literal, Self

import pytest

MIB = 1024 * 1024

# Repeated to any length: what comes before it, and the unit.
_SHAPES = {
    "combining marks": ("a@a", "\u0315\u0300"),
    "decomposed Hangul": ("", "\u1112\u1161\u11ab"),
    "compatibility ligatures": ("a@", "\ufdfa"),
    "astral letters": ("", "\U0001f600"),
    "letters": ("", "a"),
    "spaces": ("", " "),
    "at signs": ("", "@"),
    "dots": ("https://", "a."),
    "colons": ("https://", ":"),
    "commas": ("", ","),
    "semicolons": ("", "a=b;"),
    "quotes": ("", '"'),
    "brackets": ("", "["),
    "tags": ("", "<a>"),
    "ampersands": ("", "a&"),
    "percent": ("https://a.example/", "%41"),
    "digits": ("", "9"),
    "media ranges": ("application/problem+json", ",a/b"),
    "parameters": ("application/json", ";a=b"),
    "places": ("", " - at `$"),
    "surrogates": ("", "\ud800"),
}


def worst(characters: int) -> Iterator[str]:
    """Give a text of so many characters for each shape."""
    for before, unit in _SHAPES.values():
        times = max(0, characters - len(before)) // len(unit) + 1
        yield (before + unit * times)[:characters]


@dataclass
class Work:
    """Counts what this thread does inside: calls of both kinds, by name those of C, and the lengths
    of what was normalised."""

    calls: int = 0
    native: set[str] = field(default_factory=set)
    normalised: list[int] = field(default_factory=list)
    _patched: pytest.MonkeyPatch = field(default_factory=pytest.MonkeyPatch)

    def __enter__(self) -> Self:
        normalize = unicodedata.normalize

        def recorded(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
            self.normalised.append(len(text))
            return normalize(form, text)

        self._patched.setattr(unicodedata, "normalize", recorded)
        # What libraries do at a collection is nobody's reading.
        gc.disable()
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)
        gc.enable()
        self._patched.undo()
        self.native.discard("setprofile")

    def _note(self, _: FrameType, event: str, about: object) -> None:
        if event in {"call", "c_call"}:
            self.calls += 1
        if event == "c_call":
            self.native.add(str(getattr(about, "__name__", about)))


def work_of(read: Callable[[str], object], text: str) -> Work:
    """Have a text read, or refused in any way that is no fault of the code, and count."""
    work, raised = Work(), None
    with work:
        try:
            read(text)
        except Exception as error:  # noqa: BLE001 - looked at below
            raised = error
    if isinstance(raised, RuntimeError | AttributeError | TypeError):
        raise raised
    return work
