from tests.unit.contracts.session_repository import SessionRepositoryContract


class TestMemorySessionRepository(SessionRepositoryContract):
    pass
