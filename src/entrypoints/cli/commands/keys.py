"""`keys` commands: signing keys."""

from typing import TYPE_CHECKING, Annotated

import typer

from application.signing.generate_keys import GenerateKeys
from application.signing.list_keys import ListKeys
from application.signing.retire_key import RetireKey
from application.signing.rotate_keys import RotateKeys
from application.signing.views import KeyState, KeyView
from domain.signing.key import Algorithm
from entrypoints.cli.invocation import Invocation, invocation
from entrypoints.cli.rendering import as_fields, as_table, as_text
from entrypoints.cli.serializers import key_to_dict

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
        Algorithm, typer.Option(metavar=_ALGORITHMS, help="What to sign by; EdDSA if not given.")
    ] = Algorithm.EDDSA,
    file: File = None,
) -> None:
    """Make a file with a first key. A file that is there already is left alone."""
    import asyncio

    cli, keys = _opened(context, file)
    made = asyncio.run(keys.generate_keys(GenerateKeys(algorithm=alg)))
    _show(cli, made)
    path = cli.runtime.settings().tokens.keys
    cli.terminal.note(f"{path} holds it. Start the service with JWT_KEYS={path}.")


@app.command()
def rotate(
    context: typer.Context,
    *,
    alg: Annotated[
        Algorithm | None,
        typer.Option(metavar=_ALGORITHMS, help="What to sign by; as now if not given."),
    ] = None,
    now: Annotated[
        bool, typer.Option("--now", help="Sign with a new key at once: others may hold the old.")
    ] = False,
    file: File = None,
) -> None:
    """Publish a new key; the next time, ten minutes later or more, sign with it."""
    import asyncio

    cli, keys = _opened(context, file)
    key = asyncio.run(keys.rotate_keys(RotateKeys(algorithm=alg, at_once=now)))
    _show(cli, key)
    if key.state is KeyState.NEXT:
        ready = as_text(key.ready_at)
        cli.terminal.note(f"It is published. Rotate again, at {ready} or later, to sign with it.")
    else:
        cli.terminal.note("It signs. The key before it verifies until it is retired.")


@app.command()
def retire(
    context: typer.Context,
    key_id: Annotated[str, typer.Argument(metavar="KID", help="As `keys list` prints it.")],
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Even if tokens that it signed are still alive.")
    ] = False,
    file: File = None,
) -> None:
    """Forget a key that signs no more. Tokens that it signed are refused from then on."""
    import asyncio

    cli, keys = _opened(context, file)
    asyncio.run(keys.retire_key(RetireKey(key_id=key_id, force=force)))
    cli.terminal.show({"retired": key_id}, lambda _: f"Retired {key_id}.")


@app.command("list")
def list_keys(context: typer.Context, *, file: File = None) -> None:
    """List the keys, the signing one first: what each is for, and from or until when."""
    import asyncio

    cli, keys = _opened(context, file)
    listed = asyncio.run(keys.list_keys(ListKeys()))
    columns = ("id", "alg", "state", "added", "signs from", "signed until", "needed until")
    rows = [
        (
            *(key.id, key.algorithm, key.state.value, key.added_at),
            *(key.promoted_at or key.ready_at, key.demoted_at, key.needed_until),
        )
        for key in listed
    ]
    cli.terminal.show(
        {"keys": [*map(key_to_dict, listed)]}, lambda stream: as_table(columns, rows, stream)
    )


def _opened(context: typer.Context, file: str | None) -> "tuple[Invocation, KeyUpkeep]":
    cli = invocation(context)
    if file is not None:
        cli.runtime.override({"JWT_KEYS": file})
    return cli, cli.runtime.key_upkeep()


def _show(cli: Invocation, key: KeyView) -> None:
    facts = key_to_dict(key)
    cli.terminal.show(
        {"key": facts},
        lambda _: as_fields({name: value for name, value in facts.items() if value is not None}),
    )
