from tests.unit.contracts.audit import AuditContract


class TestSqliteAudit(AuditContract):
    pass
