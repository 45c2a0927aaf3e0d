from tests.unit.contracts.session_reader import SessionReaderContract


class TestPostgresSessionReader(SessionReaderContract):
    pass
