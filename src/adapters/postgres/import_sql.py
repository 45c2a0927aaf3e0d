"""Statements of the bulk import, on its temporary table."""
# ruff: noqa: S608 - what is put into a statement are fragments of this file

_USER = (
    "id, email, email_key, name, bio, website, password_hash, roles, is_active,"
    " created_at, updated_at, closed_at"
)

MAKE_INCOMING = "CREATE TEMPORARY TABLE incoming (LIKE users) ON COMMIT DROP"
COPY_INCOMING = f"COPY pg_temp.incoming ({_USER}) FROM STDIN"
# In the order of the addresses, so that two who import the same wait for each other and do not
# deadlock. Without a target, so that an id that is taken is no error either.
ADD_INCOMING = f"""
INSERT INTO users ({_USER}) SELECT {_USER} FROM pg_temp.incoming ORDER BY email_key
ON CONFLICT DO NOTHING RETURNING id
"""
DROP_INCOMING = "DROP TABLE pg_temp.incoming"
