"""A configuration variable with its current value, for `config show`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """`value` has its secrets redacted; `source` is `default`, `environment`, `file` or `.env`."""

    name: str
    value: str
    source: str
