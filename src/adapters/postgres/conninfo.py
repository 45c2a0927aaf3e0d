"""libpq's connection parameters: defaults, and what is wrong with those of a URL."""

from psycopg import Error
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from application.invalid_settings import InvalidSettings

_DEFAULTS = {
    "application_name": "armature",
    "connect_timeout": "5",
    # A server, or a path to it, that vanished without a word is noticed in a minute, in the middle
    # of a statement in five seconds. Unix sockets have none of this.
    "keepalives": "1",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "5000",
}
"""Unless the URL has its own. None is sent to the server, which PgBouncer would refuse."""

_FORCED = {"client_encoding": "UTF8"}
"""Whatever the URL, the role or the database says: text is read as UTF-8."""


def conninfo_of(url: str) -> str:
    """Read a `postgresql://` URL; raises InvalidSettings, which never repeats the password."""
    try:
        return make_conninfo("", **{**_DEFAULTS, **conninfo_to_dict(url), **_FORCED})
    except Error:
        problem = "DATABASE_URL: this is not a PostgreSQL address (postgresql://user@host/name)."
        raise InvalidSettings((problem,)) from None
