"""Password policy built from `PASSWORD_POLICY`; NOTICE.md has the origin of common passwords."""

import gzip
from collections.abc import Mapping
from functools import cache
from importlib import resources
from urllib.parse import urlsplit

from application.invalid_settings import InvalidSettings
from application.settings import Settings
from domain.user.guessable import Guessable, fold, undisguise
from domain.user.password import MAX_LENGTH, MIN_LENGTH
from domain.user.password_policy import RULES, PasswordPolicy, Rule, Rules


@cache
def common_words() -> frozenset[str]:
    """Give them folded and undisguised; read when first asked for, some 2 MB once read."""
    packed = resources.files("adapters.password_rules").joinpath("common-passwords.txt.gz")
    text = gzip.decompress(packed.read_bytes()).decode()
    return frozenset(undisguise(fold(word)) for word in text.split())


def create(url: str, settings: Settings) -> PasswordPolicy:
    """Read `rules://upper,lower,digit,uncommon?min=12`: rules, and a length beyond the usual 8.

    `rules://` alone asks for nothing but the length.
    """
    parts = urlsplit(url)
    names = [name for name in parts.netloc.split(",") if name]
    known: Mapping[str, Rule] = {
        **RULES,
        "uncommon": Guessable(common_words, (settings.tokens.issuer,)),
    }
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise _problem(f"there is no rule {', '.join(unknown)}. Known ones: {', '.join(known)}")
    rules = [known[name] for name in names]
    if parts.query:
        rules.append(_minimum(parts.query))
    return Rules(tuple(rules))


def _minimum(query: str) -> Rule:
    lengths = {f"min={number}": number for number in range(MIN_LENGTH, MAX_LENGTH + 1)}
    if query not in lengths:
        raise _problem(f"after the ? comes min=N, with N from {MIN_LENGTH} to {MAX_LENGTH}")
    least = lengths[query]
    return lambda value, _: None if len(value) >= least else f"Use at least {least} characters."


def _problem(what: str) -> InvalidSettings:
    return InvalidSettings((f"PASSWORD_POLICY: {what}.",))
