"""The real servers of integration tests: one PostgreSQL, Redis and PgBouncer for a whole run.

`lane` chooses where they come from, `keeper` is the process that owns them, `run` is how tests
reach that process, `plugin` ties all of it to pytest.
"""
