"""Whatever else reads a text from outside measures it first, too: headers, arguments, cells."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import entrypoints
from application.file_name import file_name
from application.idempotency import IdempotencyKeys
from application.pagination import Cursors
from application.user.list_users import ListUsersHandler
from entrypoints.cli.arguments import read_id, read_who
from entrypoints.cli.transfer.csv_rows import read_cells
from entrypoints.http import client_address
from entrypoints.http.cookies.csrf import parse_origin
from entrypoints.http.negotiation import is_json, wants_problem
from entrypoints.http.validation import readable
from tests.unit.bounds.worst import MIB, work_of, worst

SOURCE = Path(entrypoints.__file__).parents[1]
FIRST = {"text", "accept", "content_type", "lines", "sources", "cursor", "message", "user_agent"}
"""What the first parameter of a reader is called."""
KINDS = {"str", "str | None", "bytes", "list[bytes]"}

Read = Callable[[str], object]


def _cell(name: str) -> Read:
    return lambda text: read_cells(1, {"email": "a@example.com", name: text})


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


READERS: dict[str, Read] = {
    "application.pagination.read": lambda text: Cursors(b"k").read(text, "f"),
    "application.pagination.unseal": lambda text: Cursors(b"k").unseal(text, "f", size=16),
    "application.file_name.file_name": lambda text: file_name(text, "json", otherwise="x"),
    "application.user.list_users._prefix": ListUsersHandler._prefix,
    "entrypoints.cli.arguments.read_who": read_who,
    "entrypoints.cli.arguments.read_id": lambda text: read_id(text, "nothing"),
    "entrypoints.cli.transfer.csv_rows._id": _cell("id"),
    "entrypoints.cli.transfer.csv_rows._roles": _cell("roles"),
    "entrypoints.http.cookies.csrf.parse_origin": parse_origin,
    "entrypoints.http.client_address.forwarded": lambda text: [
        *client_address.forwarded([_raw(text)])
    ],
    "entrypoints.http.client_address.x_forwarded": lambda text: [
        *client_address.x_forwarded([_raw(text)], [_raw(text)])
    ],
    "entrypoints.http.client_address.read_node": client_address.read_node,
    "entrypoints.http.client_address.read_scheme": client_address.read_scheme,
    "entrypoints.http.negotiation.wants_problem": wants_problem,
    "entrypoints.http.negotiation.is_json": is_json,
    "entrypoints.http.validation.readable": lambda text: readable(f"Invalid enum value '{text}'"),
}
"""By name; each is given texts of a mebibyte."""

INSIDE = {
    "application.file_name._stem": "file_name",
    "application.url.split_url": "variables, which are bounded where they are read",
    "application.errors.__init__": "our own message",
    "application.user.list_users._before": "Cursors.read",
    "application.user.incoming_user._read": "calls a parser of the domain",
    "entrypoints.cli.rendering.harmless": "our own messages, and values that were parsed",
    "entrypoints.cli.terminal.note": "our own messages",
    "entrypoints.cli.terminal.write": "results",
    "entrypoints.cli.transfer.target.new_file": "a path, which the system bounds",
    "entrypoints.http.guards._is_token": "a token that was measured",
    "entrypoints.http.openapi.page.inline": "our own description",
    "entrypoints.http.openapi.page.prose": "our own description",
    "entrypoints.http.client_address._elements": "forwarded",
    "entrypoints.http.client_address._from_the_right": "x_forwarded",
    "entrypoints.http.client_address._joined": "forwarded and x_forwarded, the last 4,096 bytes",
    "entrypoints.http.client_address._address": "read_node",
    "entrypoints.http.client_address._node": "read_node",
    "entrypoints.http.exchange._printable": "a user agent that was cut",
    "entrypoints.http.server.serve._print": "our own messages",
    "entrypoints.http.validation._apart": "searches once, from the right",
}
"""What is called with a text that was measured, or with one of our own; and by whom."""

FEW = 100
"""Calls that may be made for a mebibyte where it is refused."""
SOME = 8 * 1024
"""The same where a part of it counts: no more than a header field has bytes."""
IN_PART = {
    "application.file_name.file_name",
    "entrypoints.http.client_address.forwarded",
    "entrypoints.http.client_address.x_forwarded",
    "entrypoints.http.validation.readable",
}
EMPTY_INSTEAD = {
    *("entrypoints.cli.arguments.read_who", "entrypoints.cli.arguments.read_id"),
    *("entrypoints.cli.transfer.csv_rows._id", "entrypoints.cli.transfer.csv_rows._roles"),
}
"""Where an empty text is read in the place of one that is too long, or besides it."""
BY_CHARACTER = {
    *("a2b_base64", "b64decode", "encode", "findall", "fromisoformat", "fullmatch", "isprintable"),
    *("lower", "match", "normalize", "replace", "search", "split", "strip", "sub", "translate"),
}
"""What nobody calls with a text that is refused."""


def _found() -> Iterator[str]:
    for folder in ("application", "entrypoints"):
        for path in (SOURCE / folder).rglob("*.py"):
            module = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.FunctionDef) and _reads_text(node):
                    yield f"{module}.{node.name}"


def _reads_text(node: ast.FunctionDef) -> bool:
    taken = [each for each in node.args.args if each.arg not in {"self", "cls"}]
    kind = taken[0].annotation if taken else None
    return kind is not None and taken[0].arg in FIRST and ast.unparse(kind) in KINDS


def test_every_reader_is_tried_here_or_said_to_be_inside_of_another() -> None:
    ports = {name for name in _found() if name.startswith("application.ports.")}

    assert {*_found()} - ports == READERS.keys() | INSIDE.keys()


@pytest.mark.parametrize("name", READERS)
def test_of_a_mebibyte_little_is_looked_at(name: str) -> None:
    for text in worst(MIB):
        work = work_of(READERS[name], text)

        assert max(work.normalised, default=0) <= 512
        assert work.calls <= (SOME if name in IN_PART else FEW), text[:20]
        assert name in IN_PART | EMPTY_INSTEAD or work.native.isdisjoint(BY_CHARACTER), text[:20]


@pytest.mark.parametrize("name", ["is_active", "created_at", "updated_at"])
def test_of_a_cell_of_a_mebibyte_little_is_looked_at(name: str) -> None:
    for text in worst(MIB):
        assert work_of(_cell(name), text).calls <= FEW


def test_an_idempotency_key_of_a_mebibyte_is_not_looked_at() -> None:
    for text in worst(MIB):
        assert (
            work_of(lambda key: IdempotencyKeys(b"k").of("register", key, "x"), text).calls <= FEW
        )
