"""What the lane found: a row for each check."""

from dataclasses import dataclass


class NotAsPromisedError(Exception):
    """A check failed; the message says how."""


@dataclass(frozen=True, slots=True)
class Row:
    check: str
    result: str
    is_good: bool = True


def demand(holds: object, otherwise: str) -> None:
    if not holds:
        raise NotAsPromisedError(otherwise)


def table(rows: list[Row]) -> str:
    width = max(len(row.check) for row in rows)
    head = f"{'check':{width}}  {'':6}  result"
    lines = [
        f"{row.check:{width}}  {'ok' if row.is_good else 'FAILED':6}  {row.result}" for row in rows
    ]
    return "\n".join([head, "-" * len(head), *lines])
