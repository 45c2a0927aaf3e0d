"""Argon2id parameters and the encoded hash strings that carry them."""

import base64
import binascii
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from application.invalid_settings import InvalidSettings
from application.settings import Environment

NAME = "PASSWORD_HASHER"
HASH_BYTES, SALT_BYTES = 32, 16
_BOUNDS = {"m": (8, 1_048_576), "t": (1, 100), "p": (1, 64)}
# The least memory of OWASP's equivalent settings (m=7168, t=5).
_PRODUCTION_MEMORY = 7168
_NUMBER = re.compile(r"[1-9]\d{0,9}", re.ASCII)
_ENCODED = re.compile(
    r"\$argon2id\$v=19\$m=(?P<m>[1-9]\d{0,9}),t=(?P<t>[1-9]\d{0,9}),p=(?P<p>[1-9]\d{0,9})"
    r"\$(?P<salt>[A-Za-z0-9+/]{11,86})\$(?P<hash>[A-Za-z0-9+/]{22,86})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """`memory` in KiB, `time` in passes, `parallelism` in lanes; the sizes are in bytes."""

    memory: int = 19456
    time: int = 2
    parallelism: int = 1
    salt_bytes: int = SALT_BYTES
    hash_bytes: int = HASH_BYTES

    @property
    def cost(self) -> tuple[int, int, int]:
        return self.memory, self.time, self.parallelism

    @property
    def work(self) -> int:
        """KiB that all passes write together, to which the time of a core is proportional."""
        return self.memory * self.time

    @classmethod
    def of_url(cls, url: str, environment: Environment) -> "Parameters":
        """Read `argon2id://?m=19456&t=2&p=1`, each of the three optional.

        Raises InvalidSettings with everything that is wrong.
        """
        parts = urlsplit(url)
        problems: list[str] = []
        if parts.netloc or parts.path.strip("/") or parts.fragment:
            problems.append(f"{NAME}: write argon2id://?m=19456&t=2&p=1, parameters only.")
        values = {"m": cls().memory, "t": cls().time, "p": cls().parallelism}
        seen: set[str] = set()
        for key, text in parse_qsl(parts.query, keep_blank_values=True):
            problems += _problems_of(key, text, seen)
            seen.add(key)
            values[key] = int(text) if _NUMBER.fullmatch(text) else values.get(key, 0)
        if values["m"] < 8 * values["p"]:
            problems.append(f"{NAME}: m is at least 8 for each of the p lanes (RFC 9106).")
        if environment is Environment.PRODUCTION and values["m"] < _PRODUCTION_MEMORY:
            problems.append(f"{NAME}: m is at least {_PRODUCTION_MEMORY} KiB in production.")
        if problems:
            raise InvalidSettings(tuple(problems))
        return cls(memory=values["m"], time=values["t"], parallelism=values["p"])

    @classmethod
    def of_encoded(cls, stored: str) -> "Parameters | None":
        """Read them from a stored string; None for what this adapter would never have stored.

        As strict as the reference implementation, so that what passes here is verified for its
        full cost and fails for no other reason than a wrong password.
        """
        match = _ENCODED.fullmatch(stored)
        if match is None:
            return None
        cost = {key: int(match[key]) for key in _BOUNDS}
        within = all(low <= cost[key] <= high for key, (low, high) in _BOUNDS.items())
        salt, digest = _size(match["salt"]), _size(match["hash"])
        if not within or cost["m"] < 8 * cost["p"] or salt is None or digest is None:
            return None
        return cls(
            memory=cost["m"],
            time=cost["t"],
            parallelism=cost["p"],
            salt_bytes=salt,
            hash_bytes=digest,
        )


def _problems_of(key: str, text: str, seen: set[str]) -> list[str]:
    if key not in _BOUNDS:
        return [f"{NAME}: there is no parameter {key!r}; use m, t and p."]
    if key in seen:
        return [f"{NAME}: give {key} once."]
    low, high = _BOUNDS[key]
    if not _NUMBER.fullmatch(text) or not low <= int(text) <= high:
        return [f"{NAME}: {key} is a number from {low} to {high}."]
    return []


def _size(text: str) -> int | None:
    """How many bytes unpadded base64 stands for; None when it is not in its canonical form."""
    padded = text + "=" * (-len(text) % 4)
    try:
        raw = base64.b64decode(padded, validate=True)
    except binascii.Error:
        return None
    return len(raw) if base64.b64encode(raw).decode() == padded else None
