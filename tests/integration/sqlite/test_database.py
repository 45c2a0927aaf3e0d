from tests.unit.contracts.database import DatabaseContract, RemoteDatabaseContract


class TestSqliteDatabase(DatabaseContract, RemoteDatabaseContract):
    pass
