from tests.unit.contracts.idempotency_records import IdempotencyRecordsContract


class TestMemoryIdempotencyRecords(IdempotencyRecordsContract):
    pass
