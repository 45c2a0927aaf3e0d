"""What is in a database, behind the service's back."""

import sqlite3
from contextlib import closing
from typing import LiteralString

import psycopg

Rows = tuple[int, int, int]
"""How many users, sessions and refresh tokens there are."""


def rows(url: str) -> Rows:
    (counts,) = _all(
        url,
        """
        SELECT (SELECT count(*) FROM users),
               (SELECT count(*) FROM sessions),
               (SELECT count(*) FROM refresh_tokens)
        """,
    )
    users, sessions, tokens = (int(str(count)) for count in counts)
    return users, sessions, tokens


def addresses(url: str) -> set[str]:
    return {str(email) for (email,) in _all(url, "SELECT email FROM users")}


def is_sound(url: str) -> bool:
    """Whether SQLite finds nothing wrong with its file, and nothing in it lacks its parent."""
    found = [*_all(url, "PRAGMA integrity_check"), *_all(url, "PRAGMA foreign_key_check")]
    return found == [("ok",)]


def _all(url: str, query: LiteralString) -> list[tuple[object, ...]]:
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
            return file.execute(query).fetchall()
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()
