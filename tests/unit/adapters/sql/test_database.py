from tests.unit.contracts.database import DatabaseContract


class TestMemoryDatabase(DatabaseContract):
    pass
