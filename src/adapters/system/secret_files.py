"""Where secrets lie in files, by the name that an operator knows each under.

That is no path where a variable gives it: who puts the secret itself there would see it told.
"""

from collections.abc import Mapping
from pathlib import Path

from adapters.system.environment import VAR
from adapters.system.kept_secret import FILE
from adapters.system.variables import VARIABLES


def secret_files(environ: Mapping[str, str], var: Path = VAR) -> dict[str, str]:
    """Give the path of each file; none of them need be there."""
    named = {
        f"{variable.name}_FILE": environ[f"{variable.name}_FILE"]
        for variable in VARIABLES
        if (variable.is_secret or variable.is_url) and environ.get(f"{variable.name}_FILE")
    }
    kept = var / FILE
    return {**named, str(kept): str(kept)} if kept.exists() else named
