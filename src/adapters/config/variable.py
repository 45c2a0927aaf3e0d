"""Definition of a configuration variable."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable(Generic[T_co]):
    """`default` is text that `parse` reads, or makes it from the texts of variables above.

    `shown` says in the documentation what the default is where the text does not.
    """

    name: str
    default: str | Callable[[Mapping[str, str]], str]
    parse: Callable[[str], T_co]
    meaning: str
    shown: str | None = None
    is_secret: bool = False
    is_url: bool = False
