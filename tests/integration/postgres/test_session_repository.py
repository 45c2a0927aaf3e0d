from tests.unit.contracts.session_repository import SessionRepositoryContract


class TestPostgresSessionRepository(SessionRepositoryContract):
    pass
