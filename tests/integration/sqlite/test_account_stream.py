from tests.unit.contracts.account_stream import AccountStreamContract


class TestSqliteAccountStream(AccountStreamContract):
    pass
