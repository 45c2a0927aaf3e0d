from tests.unit.contracts.audit import AuditContract


class TestMemoryAudit(AuditContract):
    pass
