"""Accounts by the million, written by SQL: rows as registration writes them, but for the hash."""

import psycopg

# Ids are made for times that go up with the number, as those of real accounts do. `%(until)s` is
# how many seconds ago the newest of them came, a thousandth of a second apart from each other.
_FILL = """
INSERT INTO users (id, email, email_key, name, bio, website, password_hash, roles, is_active,
                   created_at, updated_at, closed_at)
SELECT uuidv7(ago), email, email, 'Somebody', NULL, NULL, '!', '{}', true, now() + ago, now() + ago,
       NULL
FROM (SELECT make_interval(secs => (number - %(count)s) * 0.001 - %(until)s) AS ago,
             'user' || number || '-' || %(until)s || '@example.com' AS email
      FROM generate_series(1, %(count)s) AS number) AS accounts
"""


def fill(url: str, count: int, until: int) -> None:
    """Add accounts, the newest of which is `until` seconds old, and let the planner know."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_FILL, {"count": count, "until": until})
        connection.execute("VACUUM ANALYZE users")
