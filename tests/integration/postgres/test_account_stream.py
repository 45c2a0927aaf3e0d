from tests.unit.contracts.account_stream import AccountStreamContract


class TestPostgresAccountStream(AccountStreamContract):
    pass
