from tests.unit.contracts.session_reader import SessionReaderContract


class TestSqliteSessionReader(SessionReaderContract):
    pass
