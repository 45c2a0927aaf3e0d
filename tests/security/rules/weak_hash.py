"""What weak_hash.yaml finds, and what it lets pass. Never run."""

import hashlib
import hmac
from hashlib import sha1


def planted(key, data):
    # ruleid: weak-hash
    hashlib.md5(data)
    # ruleid: weak-hash
    sha1(data)
    # ruleid: weak-hash
    hashlib.new("sha1", data)
    # ruleid: weak-hash
    hmac.new(key, data, hashlib.sha1)


def fine(key, data):
    # ok: weak-hash
    hashlib.sha256(data)
    # ok: weak-hash
    hashlib.sha1(data, usedforsecurity=False)
    # ok: weak-hash
    hmac.new(key, data, hashlib.sha256)
