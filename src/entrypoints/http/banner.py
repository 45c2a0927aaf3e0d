"""Start-up banner."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

from application.settings import Settings
from application.url import split_url
from application.version import VERSION
from entrypoints.http.address import Address


def banner(settings: Settings, url: str, metrics: Address | None = None) -> str:
    """Where everything is, and how to begin; no secret is in it."""
    return "\n".join(
        (
            f"Armature {VERSION} ({settings.environment}) listens on {url}",
            f"  API       {url}/api/v1",
            f"  docs      {url}/docs",
            *([f"  metrics   {metrics.url}/metrics"] if metrics else []),
            f"  database  {describe_database(settings.database.url)}",
            "",
            *_first_steps(settings.database.url),
        )
    )


def describe_database(url: str) -> str:
    """The path of a database's file, or its URL without user, password and parameters."""
    parts = split_url(url)
    if parts.scheme == "memory":
        return "memory, gone when the server stops"
    if parts.scheme == "sqlite":
        return str(Path(parts.path.removeprefix("/")).absolute())
    # libpq's way to name the folder of a Unix socket is a parameter.
    host = parts.netloc.rpartition("@")[2] or ",".join(parse_qs(parts.query).get("host", []))
    return f"{parts.scheme}://{host}{parts.path}"


def _first_steps(url: str) -> Iterator[str]:
    if split_url(url).scheme == "memory":
        yield "Users register over the API: no other process sees this memory."
        return
    command = _command()
    yield "The first user, and how they become an admin:"
    yield f"  {command} users register you@example.org"
    yield f"  {command} users grant you@example.org admin"


def _command() -> str:
    """Return how to call us from this folder, as whoever started us did."""
    # `uv run` sets both: outside of it, what started us is on the PATH.
    if "UV_RUN_RECURSION_DEPTH" not in os.environ:
        return "armature"
    uv = Path(os.environ.get("UV", "uv"))
    if uv.is_relative_to(Path.cwd()):
        return f"{uv.relative_to(Path.cwd())} run armature"
    return "uv run armature"
