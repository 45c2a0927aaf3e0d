"""Key derivation: one secret, many keys (HKDF, RFC 5869)."""

import hashlib
import hmac


def derive_key(secret: bytes, purpose: str, length: int = 32) -> bytes:
    """Derive a key for `purpose` by HKDF-SHA-256 without salt (RFC 5869); 32 bytes at most.

    Keys of two purposes are independent, and reveal nothing about the secret.
    """
    extracted = hmac.new(bytes(hashlib.sha256().digest_size), secret, hashlib.sha256).digest()
    info = b"armature:" + purpose.encode() + b"\x01"
    return hmac.new(extracted, info, hashlib.sha256).digest()[:length]
