from tests.unit.contracts.user_repository import UserRepositoryContract


class TestPostgresUserRepository(UserRepositoryContract):
    pass
