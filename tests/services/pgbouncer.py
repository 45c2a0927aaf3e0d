"""PgBouncer in transaction mode before the run's PostgreSQL, for every database by its name."""

from __future__ import annotations

import shutil
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tests.services.process import (
    free_port,
    running,
    server_account,
    server_folder,
    wait_until_ready,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

INSTALL_HINT = "apt-get install pgbouncer"

# auth_type any: whoever connects on loopback is logged in to the server as the account of the `*`
# line.
CONFIGURATION = """\
[databases]
* = {server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
admin_users = postgres
pool_mode = transaction
max_client_conn = 400
default_pool_size = 20
server_tls_sslmode = prefer
ignore_startup_parameters = extra_float_digits
"""


def program() -> str | None:
    """Return the path of pgbouncer, or None where it is not installed."""
    # Debian puts it into a folder that an ordinary user's PATH leaves out.
    return shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin:/usr/local/sbin")


@contextmanager
def pgbouncer(folder: Path, server_url: str) -> Iterator[str | None]:
    """Start PgBouncer under `folder` and give its URL, or None where it is not installed."""
    binary = program()
    if binary is None:
        yield None
        return
    home = server_folder(folder / "pgbouncer")
    port = free_port()
    configuration = home / "pgbouncer.ini"
    configuration.write_text(CONFIGURATION.format(server=_server(server_url), port=port))
    account = server_account()
    if account.uid is not None:
        shutil.chown(configuration, account.uid, account.gid)
    # SIGTERM is an immediate shutdown; SIGINT would wait for the clients.
    with running([binary, configuration], home, signal.SIGTERM) as process:
        wait_until_ready(process, home, lambda: _answers(port, configuration))
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"


def _server(url: str) -> str:
    found = conninfo_to_dict(url)
    fields = {
        name: str(found[name]) for name in ("host", "port", "user", "password") if found.get(name)
    }
    return " ".join(
        f"{name}='{value.replace(chr(39), chr(39) * 2)}'" for name, value in fields.items()
    )


def _answers(port: int, configuration: Path) -> bool:
    """Tell our PgBouncer from that of another run that took the free port first."""
    console = f"postgresql://postgres@127.0.0.1:{port}/pgbouncer"
    try:
        with psycopg.connect(console, autocommit=True, connect_timeout=2) as connection:
            settings = {row[0]: row[1] for row in connection.execute("SHOW CONFIG")}
    except psycopg.OperationalError:
        return False
    return settings.get("conffile") == str(configuration)
