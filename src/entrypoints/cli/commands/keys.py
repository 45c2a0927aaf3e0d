"""`keys` commands: signing keys."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from application.signing.generate_keys import GenerateKeys
from application.signing.list_keys import ListKeys
from application.signing.retire_key import RetireKey
from application.signing.rotate_keys import RotateKeys
from application.signing.views import KeyState, KeyView
from domain.signing.key import Algorithm
from entrypoints.cli.invocation import Invocation, invocation
from entrypoints.cli.rendering import as_fields, as_text, field_values

if TYPE_CHECKING:
    from application.signing.key_upkeep import KeyUpkeep

app = typer.Typer()

_ALGORITHMS = "|".join(Algorithm)
File = Annotated[str | None, typer.Option("--file", metavar="PATH", help="Instead of JWT_KEYS.")]


@app.command()
def generate(
    context: typer.Context,
    *,
    alg: Annotated[
        Algorithm,
        typer.Option(metavar=_ALGORITHMS, help="Signature algorithm; EdDSA if not given."),
    ] = Algorithm.EDDSA,
    file: File = None,
) -> None:
    """Generate a key file with a first key. Fails if the file exists."""
    cli, keys = _opened(context, file)
    made = asyncio.run(keys.generate_keys(GenerateKeys(algorithm=alg)))
    _show(cli, made)
    path = cli.runtime.settings().tokens.keys
    cli.terminal.note(f"The key is in {path}. Start the service with JWT_KEYS={path}.")


@app.command()
def rotate(
    context: typer.Context,
    *,
    alg: Annotated[
        Algorithm | None,
        typer.Option(metavar=_ALGORITHMS, help="Signature algorithm; as now if not given."),
    ] = None,
    now: Annotated[
        bool, typer.Option("--now", help="Sign with a new key at once, because the old one leaked.")
    ] = False,
    file: File = None,
) -> None:
    """Publish a new key; called again, at least ten minutes later, sign with it."""
    cli, keys = _opened(context, file)
    key = asyncio.run(keys.rotate_keys(RotateKeys(algorithm=alg, at_once=now)))
    _show(cli, key)
    if key.state is KeyState.NEXT:
        ready = as_text(key.ready_at)
        cli.terminal.note(
            f"The key is published. Rotate again, at {ready} or later, to sign with it."
        )
    else:
        cli.terminal.note("The key signs. The key before it still verifies, until it is retired.")


@app.command()
def retire(
    context: typer.Context,
    key_id: Annotated[str, typer.Argument(metavar="KID", help="As `keys list` prints it.")],
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Even if tokens that it signed have not expired.")
    ] = False,
    file: File = None,
) -> None:
    """Remove a key that no longer signs. Tokens that it signed are refused from then on."""
    cli, keys = _opened(context, file)
    asyncio.run(keys.retire_key(RetireKey(key_id=key_id, force=force)))
    cli.terminal.show({"retired": key_id}, f"Retired {key_id}.")


@app.command("list")
def list_keys(context: typer.Context, *, file: File = None) -> None:
    """List the keys, the signing one first, with their states and times."""
    cli, keys = _opened(context, file)
    listed = asyncio.run(keys.list_keys(ListKeys()))
    columns = ("id", "alg", "state", "added", "signs from", "signed until", "needed until")
    rows = [
        (
            *(key.id, key.algorithm, key.state, key.added_at),
            *(key.promoted_at or key.ready_at, key.demoted_at, key.needed_until),
        )
        for key in listed
    ]
    cli.terminal.show_table({"keys": [*map(_key_to_dict, listed)]}, columns, rows)


def _opened(context: typer.Context, file: str | None) -> "tuple[Invocation, KeyUpkeep]":
    cli = invocation(context)
    if file is not None:
        cli.runtime.override({"JWT_KEYS": file})
    return cli, cli.runtime.key_upkeep()


def _show(cli: Invocation, key: KeyView) -> None:
    fields = _key_to_dict(key)
    shown = {name: value for name, value in fields.items() if value is not None}
    cli.terminal.show({"key": fields}, as_fields(shown))


def _key_to_dict(key: KeyView) -> dict[str, object]:
    """Return the fields of a key, the first two with their names in a JWK (RFC 7517 §4)."""
    names = {"id": "kid", "algorithm": "alg"}
    return {names.get(name, name): value for name, value in field_values(key).items()}
