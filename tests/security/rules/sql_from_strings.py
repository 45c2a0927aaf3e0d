"""What sql_from_strings.yaml finds, and what it lets pass. Never run."""

COLUMNS = "id, email"
# ok: sql-from-strings
LIST = f"SELECT {COLUMNS} FROM users"


async def planted(cursor, connection, name, text):
    # ruleid: sql-from-strings
    await cursor.execute(f"SELECT id FROM users WHERE name = '{name}'")
    # ruleid: sql-from-strings
    await cursor.execute("SELECT id FROM users WHERE name = " + name)
    # ruleid: sql-from-strings
    await cursor.execute("SELECT id FROM users WHERE name = '%s'" % name)
    # ruleid: sql-from-strings
    await cursor.execute("SELECT id FROM users WHERE name = '{}'".format(name))
    # ruleid: sql-from-strings
    await run(connection, "find", f"SELECT id FROM {name}", {}, dict)
    # ruleid: sql-from-strings
    statement = f"DELETE FROM users WHERE id = {name}"
    # ruleid: sql-from-strings
    text(f"SET LOCAL statement_timeout = {name}")
    return statement


async def fine(cursor, connection, name):
    # ok: sql-from-strings
    await cursor.execute(LIST)
    # ok: sql-from-strings
    await cursor.execute("SELECT id FROM users WHERE name = %(name)s", {"name": name})
    # ok: sql-from-strings
    await run(connection, "find", LIST, {"name": name}, dict)
    # ok: sql-from-strings
    return f"{name}: select a name"
