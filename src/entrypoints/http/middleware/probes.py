"""Health probe detection."""

from typing import Final

_HEALTH: Final = "/health"


def is_probe(path: str) -> bool:
    """Whether `path` is `/health` or below it, and does not climb out of there."""
    return path == _HEALTH or (path.startswith(f"{_HEALTH}/") and "/.." not in path)
