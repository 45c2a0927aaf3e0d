from tests.unit.contracts.new_users import NewUsersContract


class TestSqliteNewUsers(NewUsersContract):
    pass
