from tests.unit.contracts.unit_of_work import UnitOfWorkContract


class TestPostgresUnitOfWork(UnitOfWorkContract):
    pass
