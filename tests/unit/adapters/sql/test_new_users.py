from tests.unit.contracts.new_users import NewUsersContract


class TestMemoryNewUsers(NewUsersContract):
    pass
