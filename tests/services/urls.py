"""Rewriting of database URLs; `urlunsplit` spoils those of Unix sockets, which name no host."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit


def with_database(url: str, name: str) -> str:
    """Return the URL of database `name`, in Redis a number, on the server of `url`."""
    parts = urlsplit(url)
    return _joined(parts, parts.netloc, name)


def with_host(url: str, host: str) -> str:
    """Return `url` with another host, its account and port kept."""
    parts = urlsplit(url)
    account, at, address = parts.netloc.rpartition("@")
    _, colon, port = address.rpartition(":")
    return _joined(parts, f"{account}{at}{host}{colon}{port}", parts.path.lstrip("/"))


def database_of(url: str) -> str:
    """Return the database that `url` names, empty when it names none."""
    return urlsplit(url).path.lstrip("/")


def _joined(parts: SplitResult, netloc: str, path: str) -> str:
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{netloc}/{path}{query}"
