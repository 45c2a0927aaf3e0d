"""What token_algorithm.yaml finds, and what it lets pass. Never run."""

from joserfc import jws, jwt


def planted(token, key):
    # ruleid: token-algorithm
    jwt.decode(token, key)
    # ruleid: token-algorithm
    jws.deserialize_compact(token, key)
    # ruleid: token-algorithm
    jwt.decode(token, key, algorithms=["HS256", "none"])
    # ruleid: token-algorithm
    jwt.decode(token, key, algorithms=["HS256"], options={"verify_signature": False})


def fine(token, key, registry):
    # ok: token-algorithm
    jwt.decode(token, key, algorithms=["HS256"])
    # ok: token-algorithm
    jws.deserialize_compact(token, key, algorithms=[key.alg])
    # ok: token-algorithm
    jws.deserialize_compact(token, key, registry=registry)
