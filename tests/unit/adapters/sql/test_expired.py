from tests.unit.contracts.expired import ExpiredContract


class TestMemoryExpired(ExpiredContract):
    pass
