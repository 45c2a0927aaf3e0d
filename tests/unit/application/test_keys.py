import pytest

from application.keys import derive_key

SECRET = b"a secret for tests only, of enough bytes"


@pytest.mark.parametrize(
    ("purpose", "key"),
    [
        ("cursors", "3e09c36eff3e48257eecf92511cb2e28bb1727af4e27ed51fba45162af9b1584"),
        ("idempotency", "2ce277c299359c67541460ccf6d7111d69a6adf4a66ee1e04e6e624d5d84d66c"),
    ],
)
def test_each_purpose_has_the_key_that_hkdf_gives_it(purpose: str, key: str) -> None:
    # The vectors of RFC 5869 have a binary `info`, so these are OpenSSL's:
    # openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt key:$SECRET \
    #     -kdfopt info:armature:$PURPOSE -binary HKDF | xxd -p -c 32
    assert derive_key(SECRET, purpose).hex() == key
