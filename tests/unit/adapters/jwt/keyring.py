"""Files of keys for tests; an RSA key takes its time, so one is made for all."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from adapters.jwt.jwk import make_jwk
from domain.signing.key import Algorithm

Jwk = dict[str, Any]


@cache
def _kept(algorithm: Algorithm, number: int) -> str:
    return json.dumps(make_jwk(algorithm))


def jwk(algorithm: Algorithm = Algorithm.EDDSA, number: int = 0, **changes: object) -> Jwk:
    """Give one of the private keys of this run; a change to None takes a member away."""
    made = {**json.loads(_kept(algorithm, number)), **changes}
    return {name: value for name, value in made.items() if value is not None}


def public(key: Jwk) -> Jwk:
    private = {"d", "p", "q", "dp", "dq", "qi"}
    return {name: value for name, value in key.items() if name not in private}


def write(path: Path, *keys: object) -> Path:
    """Put keys into a file, as a whole and readable by its owner only."""
    return write_text(path, json.dumps({"keys": keys}))


def write_text(path: Path, text: str) -> Path:
    new = path.with_suffix(".new")
    new.write_text(text)
    new.chmod(0o600)
    return new.replace(path)
