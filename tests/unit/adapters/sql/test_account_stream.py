from tests.unit.contracts.account_stream import AccountStreamContract


class TestMemoryAccountStream(AccountStreamContract):
    pass
