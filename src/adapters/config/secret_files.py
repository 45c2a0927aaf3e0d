"""Inventory of the files that hold secrets, for `doctor`.

That is no path where a variable gives it: who puts the secret itself there would see it told.
"""

from collections.abc import Mapping
from pathlib import Path

from adapters.config.environment import VAR
from adapters.config.guessable import passwords_of
from adapters.config.kept_secret import FILE
from adapters.config.sources import given_by
from adapters.config.variables import VARIABLES

_SECRETS = frozenset(
    variable.name for variable in VARIABLES if variable.is_secret or variable.is_url
)


def secret_files(
    environ: Mapping[str, str], *, dotenv: Path | None = None, var: Path = VAR
) -> dict[str, str]:
    """Give the path of each file; none of them need be there."""
    paths, _ = given_by(environ, dotenv)
    files = {f"{name}_FILE": path for name, path in paths.items() if name in _SECRETS}
    kept = var / FILE
    return {**files, str(kept): str(kept)} if kept.exists() else files


def secrets_at_hand(environ: Mapping[str, str], dotenv: Path) -> tuple[str, ...]:
    """Give the path of `.env` where it holds a secret, or an address with a password."""
    _, local = given_by(environ, dotenv)
    is_secret = any(
        value if variable.is_secret else variable.is_url and passwords_of(value)
        for variable in VARIABLES
        if (value := local.get(variable.name, ""))
    )
    return (str(dotenv),) if is_secret else ()
