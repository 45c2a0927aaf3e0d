"""List of common passwords; NOTICE.md names its origin."""

import gzip
from functools import cache
from importlib import resources

from domain.user.guessable import fold, undisguise


@cache
def common_words() -> frozenset[str]:
    """Give them folded and undisguised; read when first asked for, some 2 MB once read."""
    packed = resources.files("adapters.password_rules").joinpath("common-passwords.txt.gz")
    text = gzip.decompress(packed.read_bytes()).decode()
    return frozenset(undisguise(fold(word)) for word in text.split())
