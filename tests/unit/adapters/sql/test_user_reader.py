from tests.unit.contracts.user_reader import UserReaderContract


class TestMemoryUserReader(UserReaderContract):
    pass
