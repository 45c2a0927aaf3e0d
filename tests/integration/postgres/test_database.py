from tests.unit.contracts.database import DatabaseContract, RemoteDatabaseContract


class TestPostgresDatabase(DatabaseContract, RemoteDatabaseContract):
    pass
