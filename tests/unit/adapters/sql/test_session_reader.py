from tests.unit.contracts.session_reader import SessionReaderContract


class TestMemorySessionReader(SessionReaderContract):
    pass
