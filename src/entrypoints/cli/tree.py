"""Command tree; add a new group here.

A command of an existing group goes into a module of that group; a new group is a line in
GROUPS. Each group loads when it is named, so that `--help` stays quick.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

import typer

from entrypoints.cli.commands.doctor import doctor
from entrypoints.cli.commands.openapi import openapi
from entrypoints.cli.commands.serve import serve
from entrypoints.cli.root import group as help_when_alone
from entrypoints.cli.root import root

EVERYWHERE: Final = """\b
Everywhere:
  --json   Results and errors as JSON.
  --debug  The traceback of an unexpected error.
  -v       Tell what happens, on stderr; -vv also each statement."""


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    help: str
    load: Callable[[], tuple[typer.Typer, ...]]


def _users() -> tuple[typer.Typer, ...]:
    from entrypoints.cli.commands.users import (
        accounts,
        exporting,
        exporting_all,
        importing,
        lifecycle,
        listing,
        profile,
        roles,
    )

    moving = importing.app, exporting_all.app
    return accounts.app, listing.app, profile.app, lifecycle.app, roles.app, exporting.app, *moving


def _auth() -> tuple[typer.Typer, ...]:
    from entrypoints.cli.commands import auth

    return (auth.app,)


def _sessions() -> tuple[typer.Typer, ...]:
    from entrypoints.cli.commands import sessions

    return (sessions.app,)


def _keys() -> tuple[typer.Typer, ...]:
    from entrypoints.cli.commands import keys

    return (keys.app,)


def _audit() -> tuple[typer.Typer, ...]:
    from entrypoints.cli.commands import audit

    return (audit.app,)


def _maintenance() -> tuple[typer.Typer, ...]:
    from entrypoints.cli.commands import maintenance

    return (maintenance.app,)


def _db() -> tuple[typer.Typer, ...]:
    from entrypoints.cli.commands import db

    return (db.app,)


def _config() -> tuple[typer.Typer, ...]:
    from entrypoints.cli.commands import config

    return (config.app,)


GROUPS: Final = (
    Group("users", "Register users and administer them.", _users),
    Group("auth", "Log in and out, as a client of the API does.", _auth),
    Group("sessions", "See where users are logged in, and end it.", _sessions),
    Group("keys", "Keep the keys that access tokens are signed with.", _keys),
    Group("audit", "See who did what.", _audit),
    Group("db", "Bring the database into shape.", _db),
    Group("maintenance", "Remove what is over.", _maintenance),
    Group("config", "See and check the configuration.", _config),
)


def build(words: Collection[str]) -> typer.Typer:
    """Give the program, with the commands of those groups that `words` names."""
    program = _program("armature", "Identity, sessions and profiles: the service and its upkeep.")
    program.callback()(root)
    program.command(epilog=EVERYWHERE)(serve)
    for group in GROUPS:
        parts = group.load() if group.name in words else ()
        own = _program(group.name, group.help)
        own.callback(epilog=EVERYWHERE)(help_when_alone)
        for part in parts:
            for command in part.registered_commands:
                command.epilog = EVERYWHERE
            own.add_typer(part)
        program.add_typer(own)
    program.command(epilog=EVERYWHERE)(doctor)
    program.command(epilog=EVERYWHERE)(openapi)
    return program


def name_of(program: object, args: Sequence[str]) -> str:
    """Give the words of the command that `args` call, as one name; none for what serves."""
    names = ["armature"]
    for word in args:
        below = getattr(program, "commands", {}).get(word)
        if below is None:
            break
        names.append(word)
        program = below
    is_traced = not hasattr(program, "commands") and names[1:] != ["serve"]
    return " ".join(names) if is_traced else ""


def _program(name: str, text: str) -> typer.Typer:
    return typer.Typer(
        name=name,
        help=text,
        epilog=EVERYWHERE,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        invoke_without_command=True,
    )
