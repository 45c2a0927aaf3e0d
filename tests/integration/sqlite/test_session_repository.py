from tests.unit.contracts.session_repository import SessionRepositoryContract


class TestSqliteSessionRepository(SessionRepositoryContract):
    pass
