"""Serializer of results (JSON), and their rendering as fields and tables."""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Final, TextIO
from uuid import UUID

NOTHING: Final = "-"
_UNLIMITED: Final = 100_000
"""Columns where the output is no terminal: nothing is cut or folded."""
_JOINERS: Final = "\u200c\u200d"
"""Formatting characters that emoji and several scripts are written with."""


def as_json(value: object, *, ascii_only: bool = False) -> str:
    """Return one line of JSON; a view is an object of its fields, times and ids are as in HTTP."""
    return json.dumps(value, ensure_ascii=ascii_only, default=_serializable)


def as_fields(view: object) -> str:
    """Return a line for each field of a view or mapping; long values stay whole, to be copied."""
    labels = {name.replace("_", " "): value for name, value in field_values(view).items()}
    width = max(map(len, labels), default=0)
    return "\n".join(f"{label:<{width}}  {as_text(value)}" for label, value in labels.items())


def as_table(columns: Sequence[str], rows: Sequence[Sequence[object]], stream: TextIO) -> str:
    """Return aligned columns for `stream`; a narrow terminal folds cells and cuts none."""
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
    """Return a value for people, without terminal control sequences."""
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
    """Escape control characters, bidirectional controls and surrogates."""
    return "".join(
        char.encode("unicode_escape").decode()
        if unicodedata.category(char) in {"Cc", "Cf", "Cs"} and char not in _JOINERS
        else char
        for char in text
    )


def has_colours(stream: TextIO) -> bool:
    """Return whether to use colours: a terminal, and none of the opt-outs (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def field_values(view: object) -> Mapping[str, object]:
    """Return the fields of a dataclass, without those hidden from `repr` (secrets)."""
    if is_dataclass(view):
        return {each.name: getattr(view, each.name) for each in fields(view) if each.repr}
    if isinstance(view, Mapping):
        return dict(view)
    raise TypeError(f"{type(view).__name__} has no JSON form")


def _serializable(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value) if isinstance(value, UUID) else field_values(value)
