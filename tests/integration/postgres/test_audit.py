from tests.unit.contracts.audit import AuditContract


class TestPostgresAudit(AuditContract):
    pass
