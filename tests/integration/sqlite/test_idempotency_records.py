from tests.unit.contracts.idempotency_records import IdempotencyRecordsContract


class TestSqliteIdempotencyRecords(IdempotencyRecordsContract):
    pass
