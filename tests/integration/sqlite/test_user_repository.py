from tests.unit.contracts.user_repository import UserRepositoryContract


class TestSqliteUserRepository(UserRepositoryContract):
    pass
