"""Version of the installed distribution."""

from importlib import metadata
from typing import Final


def _installed() -> str:
    try:
        return metadata.version("armature")
    except metadata.PackageNotFoundError:
        return "0.0.0"  # run from a folder of sources that nobody installed


VERSION: Final = _installed()
