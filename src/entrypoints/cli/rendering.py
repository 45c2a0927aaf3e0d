"""Rendering of results: JSON, fields and tables."""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, TextIO
from uuid import UUID

from entrypoints.cli.streams import has_colours

NOTHING: Final = "-"
_UNLIMITED: Final = 100_000
"""Columns of what is no terminal: nothing is ever cut or folded."""


def as_json(value: object, *, ascii_only: bool = False) -> str:
    """Give one line of JSON, with times and ids as the API writes them."""
    return json.dumps(value, ensure_ascii=ascii_only, default=_plain)


def as_fields(facts: Mapping[str, object]) -> str:
    """Give a line for each value; long ones are left whole, to be copied."""
    labels = {name: name.replace("_", " ") for name in facts}
    width = max(map(len, labels.values()), default=0)
    lines = (f"{labels[name]:<{width}}  {as_text(value)}" for name, value in facts.items())
    return "\n".join(lines)


def as_table(columns: Sequence[str], rows: Sequence[Sequence[object]], stream: TextIO) -> str:
    """Give aligned columns for `stream`; a narrow terminal folds cells and cuts none."""
    from io import StringIO

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        whole = column == "id" or not stream.isatty()
        table.add_column(column.upper(), overflow="fold", no_wrap=whole)
    for row in rows:
        table.add_row(*(Text(as_text(value)) for value in row))
    text = StringIO()
    Console(
        file=text,
        width=None if stream.isatty() else _UNLIMITED,
        force_terminal=has_colours(stream),
        force_jupyter=False,
    ).print(table)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines())


def as_text(value: object) -> str:
    """Give one value as a person reads it, and nothing that a terminal would obey."""
    if value is None or value in ("", ()):
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%SZ}"
    if isinstance(value, list | tuple):
        return ", ".join(map(as_text, value)) or NOTHING
    return harmless(str(value))


def harmless(text: str) -> str:
    """Spell out control characters, bidirectional controls and halves of characters."""
    return "".join(
        char.encode("unicode_escape").decode()
        if unicodedata.category(char) in {"Cc", "Cf", "Cs"} and char not in _JOINERS
        else char
        for char in text
    )


_JOINERS: Final = "\u200c\u200d"
"""Formatting characters that emoji and several scripts are written with."""


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
