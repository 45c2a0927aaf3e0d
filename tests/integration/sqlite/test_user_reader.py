from tests.unit.contracts.user_reader import UserReaderContract


class TestSqliteUserReader(UserReaderContract):
    pass
