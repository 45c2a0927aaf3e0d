"""Development signing secret: generated once, kept in a file."""

import os
import re
import secrets
from pathlib import Path

FILE = "jwt-secret"
_MAX_LENGTH = 1024
_FORM = re.compile(r"[A-Za-z0-9_-]{43,}\n?", re.ASCII)


def kept_secret(directory: Path) -> bytes:
    """Give the secret kept in `directory`, made on first use and readable by its owner only.

    Processes that start together agree on one: each writes a file of its own, and only the first
    can give it the common name. Raises ValueError with what to do when that cannot be.
    """
    path = directory / FILE
    try:
        if not path.exists():
            directory.mkdir(parents=True, exist_ok=True)
            _offer(path)
        with path.open(encoding="ascii") as file:
            text = file.read(_MAX_LENGTH + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"set it, or make {path} readable and writable.") from error
    if len(text) > _MAX_LENGTH or not _FORM.fullmatch(text):
        raise ValueError(f"{path} is not a secret of ours; delete it, and a new one is made.")
    return text.rstrip("\n").encode()


def _offer(path: Path) -> None:
    """Put a complete new secret under `path`, unless another process was quicker."""
    own = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{secrets.token_urlsafe(32)}\n")
        try:
            path.hardlink_to(own)
        except FileExistsError:
            return
    finally:
        own.unlink()
