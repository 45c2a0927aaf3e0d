from tests.unit.contracts.new_users import NewUsersContract


class TestPostgresNewUsers(NewUsersContract):
    pass
