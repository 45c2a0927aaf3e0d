from tests.unit.contracts.unit_of_work import UnitOfWorkContract


class TestSqliteUnitOfWork(UnitOfWorkContract):
    pass
