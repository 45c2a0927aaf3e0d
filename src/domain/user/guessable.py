"""Check for common and personal passwords."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

COMMON = (
    "Choose something less common: many people use this password, or one much like it. "
    "Several unrelated words are hard to guess."
)
OWN = "Do not build it from your name, your e-mail address or the name of this service."
REGULAR = "Avoid sequences and repetitions such as abcd, 1234 and aaaa."

_MIN_WORD = 4
"""Characters of a word that gives a password away; shorter ones are in everything."""
_FEW, _MANY = 4, 8
"""So many characters around a word are enough with a letter among them, so many without one:
digits and symbols alone are tried one after the other."""

# One character stands for all that people write it as, in both directions.
_LOOKALIKES = str.maketrans("@4€3!|1l0$57+8692", "aaeeiiiiossttbggz")
_REPETITION = re.compile(r"(.+?)\1+.{0,3}", re.DOTALL)


def fold(text: str) -> str:
    """Normalise a word: NFKC, without case and accents."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))


def undisguise(folded: str) -> str:
    """Replace digits and symbols by the letters they resemble (leetspeak); keeps the length."""
    return folded.translate(_LOOKALIKES)


@dataclass(frozen=True, slots=True)
class Guessable:
    """Rule that refuses common words, words of the owner, and regular sequences.

    A password is such a word if little stands around it: fewer than 4 characters, or fewer than
    8 and no letter among them, as in `P@ssw0rd123` and `Summer2026!`; around a word of the owner
    fewer than 8 of any kind. `common` gives words that are folded and undisguised; `service` is
    what people call the service.
    """

    common: Callable[[], Collection[str]]
    service: tuple[str, ...] = ()

    def __call__(self, value: str, own_words: Collection[str]) -> str | None:
        """Return advice, or None for a good password."""
        folded = fold(value)
        repeated = _REPETITION.fullmatch(folded)
        unit = folded if repeated is None else repeated[1]
        common, own = self.common(), {*_words((*self.service, *own_words))}
        for word, rest in _taken_apart(unit):
            if word in own and len(rest) < _MANY:
                return OWN
            if word in common and _is_little(rest, common):
                return COMMON
        return REGULAR if len(unit) < _MANY or _is_regular(unit) else None


def _taken_apart(folded: str) -> Iterator[tuple[str, str]]:
    """Yield each word in it, undisguised, with the text around it; the longest first."""
    plain = undisguise(folded)
    for length in range(len(plain), max(_MIN_WORD, len(plain) - 2 * _MANY) - 1, -1):
        for start in range(len(plain) - length + 1):
            end = start + length
            yield plain[start:end], folded[:start] + folded[end:]


def _is_little(rest: str, common: Collection[str]) -> bool:
    enough = _FEW if any(map(str.isalpha, rest)) else _MANY
    return len(rest) < enough or undisguise(rest) in common or _is_regular(rest)


def _is_regular(text: str) -> bool:
    """Whether all but a few characters are in runs: three that go up, go down or stay."""
    steps = [ord(after) - ord(before) for before, after in pairwise(text)]
    in_runs = {
        start + offset
        for start, (step, following) in enumerate(pairwise(steps))
        if step == following and step in {-1, 0, 1}
        for offset in range(3)
    }
    return len(text) - len(in_runs) < _FEW


def _words(texts: Collection[str]) -> Iterator[str]:
    """Return the words of each text, and all of them joined, undisguised."""
    for text in texts:
        words = re.findall(r"\w+", fold(text))
        for word in (*words, "".join(words), fold(text)):
            if len(word) >= _MIN_WORD:
                yield undisguise(word)
