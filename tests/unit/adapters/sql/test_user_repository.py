from tests.unit.contracts.user_repository import UserRepositoryContract


class TestMemoryUserRepository(UserRepositoryContract):
    pass
