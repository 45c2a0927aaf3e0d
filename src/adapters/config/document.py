"""Writes the table of variables in the documentation: `python -m adapters.config.document FILE`."""

import sys
from pathlib import Path

from adapters.config.variable import Variable
from adapters.config.variables import VARIABLES

BEGIN, END = "<!-- variables: begin -->\n", "<!-- variables: end -->\n"


def table() -> str:
    """Give the table of every variable in Markdown."""
    rows = (
        f"| `{variable.name}` | {_default(variable)} | {variable.meaning} |"
        for variable in VARIABLES
    )
    return "\n".join(("| variable | default | meaning |", "| --- | --- | --- |", *rows, ""))


def update(page: str) -> str:
    """Put the table where the page has it, between its two marks; raises ValueError without."""
    head, begin, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"The page has no {BEGIN.strip()} or no {END.strip()}.")
    return f"{head}{BEGIN}\n{table()}\n{END}{tail}"


def _default(variable: Variable[object]) -> str:
    if variable.shown is not None:
        return variable.shown
    return f"`{variable.default}`" if variable.default else "unset"


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(update(file.read_text("utf-8")), "utf-8")
