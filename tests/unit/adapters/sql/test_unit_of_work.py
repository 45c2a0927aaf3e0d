from tests.unit.contracts.unit_of_work import UnitOfWorkContract


class TestMemoryUnitOfWork(UnitOfWorkContract):
    pass
