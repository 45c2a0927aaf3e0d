from tests.unit.contracts.credential_reader import CredentialReaderContract


class TestSqliteCredentialReader(CredentialReaderContract):
    pass
