"""Automatic migration of the embedded default database."""

import os
import subprocess
import sys

from adapters.migrations import runner
from application.errors import DatabaseFailure


def prepare(database_url: str) -> None:
    """Make the database, or migrate it; raises what `runner.upgrade` raises.

    An existing one is migrated in a process of its own, so that whoever serves never carries
    what only migrations need. A new one needs none of that.
    """
    if runner.current(database_url) is None:
        runner.upgrade(database_url)
    if not runner.check(database_url):
        return
    command = [sys.executable, "-m", "adapters.migrations", "upgrade"]
    environment = os.environ | {"DATABASE_URL": database_url}
    done = subprocess.run(  # noqa: S603 # nosec B603 - our own interpreter and module
        command, capture_output=True, check=False, env=environment, text=True
    )
    if done.returncode:
        raise DatabaseFailure(context={"operation": "migrate", "detail": done.stderr.strip()})
