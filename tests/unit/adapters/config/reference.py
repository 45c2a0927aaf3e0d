"""Writes the table of variables: `python -m tests.unit.adapters.config.reference`."""

from pathlib import Path
from typing import Final

from adapters.config.variables import VARIABLES

PAGE: Final = Path(__file__).parents[4] / "docs/configuration.md"
BEGIN, END = "<!-- variables: begin -->\n", "<!-- variables: end -->\n"


def table() -> str:
    rows = (
        f"| `{variable.name}` | {variable.documented_default} | {variable.meaning} |"
        for variable in VARIABLES
    )
    return "\n".join(("| variable | default | meaning |", "| --- | --- | --- |", *rows, ""))


def update(page: str) -> str:
    """Put the table between its two marks; raises ValueError where they are missing."""
    head, begin, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"The page has no {BEGIN.strip()} or no {END.strip()}.")
    return f"{head}{BEGIN}\n{table()}\n{END}{tail}"


if __name__ == "__main__":
    PAGE.write_text(update(PAGE.read_text("utf-8")), "utf-8")
