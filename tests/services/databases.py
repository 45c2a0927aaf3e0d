"""Databases of one test each, on the run's PostgreSQL server."""

from __future__ import annotations

import secrets
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from tests.services.urls import with_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def database_prefix(run_folder: Path) -> str:
    """Return what every database of a run is named after: the random part of its folder's name."""
    return f"test_{run_folder.name.rpartition('-')[2]}"


@contextmanager
def temporary_database(server_url: str, prefix: str, template: str = "template0") -> Iterator[str]:
    """Give the URL of a new copy of `template`; drop it at the end, whoever is connected."""
    name = f"{prefix}_{secrets.token_hex(5)}"
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
    try:
        yield with_database(server_url, name)
    finally:
        _drop(server_url, name)


def drop_leftovers(server_url: str, prefix: str) -> None:
    """Drop what a killed worker left behind; it matters where the server outlives the run."""
    with psycopg.connect(server_url) as admin:
        found = admin.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix]
        )
        names: list[str] = [row[0] for row in found]
    for name in names:
        _drop(server_url, name)


def _drop(server_url: str, name: str) -> None:
    with psycopg.connect(server_url, autocommit=True) as admin:
        _wait_for_goodbyes(admin, name)
        admin.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


def _wait_for_goodbyes(admin: psycopg.Connection, name: str) -> None:
    """Give closed sessions 20 ms to end: DROP DATABASE sleeps for 100 ms when it finds one."""
    for _ in range(10):
        if (
            admin.execute("SELECT FROM pg_stat_activity WHERE datname = %s", [name]).fetchone()
            is None
        ):
            return
        time.sleep(0.002)
