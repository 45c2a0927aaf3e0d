from tests.unit.contracts.user_reader import UserReaderContract


class TestPostgresUserReader(UserReaderContract):
    pass
