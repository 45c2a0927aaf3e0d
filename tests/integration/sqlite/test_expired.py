from tests.unit.contracts.expired import ExpiredContract


class TestSqliteExpired(ExpiredContract):
    pass
