from tests.unit.contracts.idempotency_records import IdempotencyRecordsContract


class TestPostgresIdempotencyRecords(IdempotencyRecordsContract):
    pass
