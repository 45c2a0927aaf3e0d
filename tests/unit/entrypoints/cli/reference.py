"""Writes docs/cli.md's list of commands from the commands themselves.

`python -m tests.unit.entrypoints.cli.reference` brings the page up to date.
"""

from collections.abc import Iterator
from pathlib import Path

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from entrypoints.cli.tree import GROUPS, build

PAGE = Path(__file__).parents[4] / "docs" / "cli.md"
BEGIN, END = "<!-- commands -->\n", "<!-- end of commands -->\n"


def commands() -> Iterator[tuple[str, TyperCommand]]:
    """Every command, by its words after `armature`."""
    program = typer.main.get_command(build([group.name for group in GROUPS]))
    assert isinstance(program, TyperGroup)
    yield from _below(program, "")


def written() -> str:
    return PAGE.read_text().partition(BEGIN)[2].partition(END)[0]


def generated() -> str:
    return "\n".join(_entry(words, command) for words, command in commands())


def _below(group: TyperGroup, words: str) -> Iterator[tuple[str, TyperCommand]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from _below(command, f"{words}{name} ")
        elif isinstance(command, TyperCommand):
            yield f"{words}{name}", command


def _entry(words: str, command: TyperCommand) -> str:
    arguments = [each for each in command.params if isinstance(each, TyperArgument)]
    options = [each for each in command.params if isinstance(each, TyperOption)]
    names = [each.metavar if each.required else f"[{each.metavar}]" for each in arguments]
    title = " ".join(["armature", words, *map(str, names)])
    lines = [f"### `{title}`", "", str(command.help), ""]
    lines += [f"- `{_option(each)}`: {each.help}" for each in options]
    return "\n".join([*lines, ""] if options else lines)


def _option(option: TyperOption) -> str:
    value = "" if option.is_flag else f" {option.metavar}"
    return "`, `".join([*option.opts, *option.secondary_opts]) + value


def main() -> None:
    before, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(before + BEGIN + generated() + END + rest.partition(END)[2])


if __name__ == "__main__":
    main()
