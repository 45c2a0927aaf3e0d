"""Command tree: the groups of commands, and the root.

A new group is a module in `commands` with an `app`, and a line in GROUPS. A group is imported when
it is called, so that `--help` stays quick.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Final

import typer

from entrypoints.cli.commands.doctor import doctor
from entrypoints.cli.commands.root import help_when_alone, openapi, root, serve

EVERYWHERE: Final = """\b
Everywhere:
  --json   Results and errors as JSON.
  --debug  The traceback of an unexpected error.
  -v       Log to stderr what is done; -vv also SQL statements."""


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    help: str
    modules: tuple[str, ...]
    """In `commands`; each has an `app`."""


GROUPS: Final = (
    Group(
        "users",
        "Register and administer users.",
        ("users", "users_import", "users_export"),
    ),
    Group("auth", "Log in and out, as a client of the API.", ("auth",)),
    Group("sessions", "List and revoke the sessions of users.", ("sessions",)),
    Group("keys", "Generate, rotate and retire signing keys.", ("keys",)),
    Group("audit", "Read the audit trail.", ("audit",)),
    Group("db", "Migrate the database schema.", ("db",)),
    Group("maintenance", "Remove expired records.", ("maintenance",)),
    Group("config", "Show and check the configuration.", ("config",)),
)


def build(words: Collection[str]) -> typer.Typer:
    """Return the program, with the commands of those groups that `words` names."""
    program = _typer("armature", "Identity, sessions and profiles: the service and its operation.")
    program.callback()(root)
    program.command(epilog=EVERYWHERE)(serve)
    for group in GROUPS:
        own = _typer(group.name, group.help)
        own.callback(epilog=EVERYWHERE)(help_when_alone)
        for name in group.modules if group.name in words else ():
            part: typer.Typer = import_module(f"entrypoints.cli.commands.{name}").app
            for command in part.registered_commands:
                command.epilog = EVERYWHERE
            own.add_typer(part)
        program.add_typer(own)
    program.command(epilog=EVERYWHERE)(doctor)
    program.command(epilog=EVERYWHERE)(openapi)
    return program


def name_of(program: object, args: Sequence[str]) -> str:
    """Return the name of the command that `args` call, for its span; "" for `serve` and groups."""
    names = ["armature"]
    for word in args:
        below = getattr(program, "commands", {}).get(word)
        if below is None:
            break
        names.append(word)
        program = below
    is_traced = not hasattr(program, "commands") and names[1:] != ["serve"]
    return " ".join(names) if is_traced else ""


def _typer(name: str, text: str) -> typer.Typer:
    return typer.Typer(
        name=name,
        help=text,
        epilog=EVERYWHERE,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        invoke_without_command=True,
    )
