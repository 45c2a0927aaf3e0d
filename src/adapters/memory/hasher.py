"""Fake password hasher without cost or secrecy; production refuses it."""

import re
import secrets

from application.errors import DependencyUnavailable
from application.invalid_settings import InvalidSettings
from application.ports.load import Load
from application.ports.password_hasher import PasswordHasher
from application.settings import Environment, Settings
from domain.user.password import Password

_STORED = re.compile(r"\$plain\$\w+\$[0-9a-f]{16}\$(?P<value>.*)", re.DOTALL)
_URL = re.compile(r"plain://(?P<version>\w*)", re.ASCII)


def create(url: str, settings: Settings) -> "PlainHasher":
    """Build the hasher for `plain://` or `plain://version`; raises InvalidSettings.

    Production refuses it.
    """
    if settings.environment is Environment.PRODUCTION:
        raise InvalidSettings(
            ("PASSWORD_HASHER: plain:// stores readable passwords; use argon2id:// in production.",)
        )
    match = _URL.fullmatch(url)
    if match is None:
        raise InvalidSettings(("PASSWORD_HASHER: write plain://, and a word after it at most.",))
    return PlainHasher(match["version"] or "1")


class PlainHasher(PasswordHasher):
    """`version` stands for the parameters of a real hasher."""

    def __init__(self, version: str = "1") -> None:
        self._prefix = f"$plain${version}$"
        self._is_open = False

    async def open(self) -> None:
        self._is_open = True

    async def close(self) -> None:
        self._is_open = False

    async def hash(self, password: Password) -> str:
        self._check_open()
        return f"{self._prefix}{secrets.token_hex(8)}${password.value}"

    async def verify(self, password: Password, stored: str | None) -> bool:
        self._check_open()
        match = _STORED.fullmatch(stored or "")
        return match is not None and match["value"] == password.value

    def load(self) -> Load:
        return Load()

    def objection(self, stored: str) -> str | None:
        return None if _STORED.fullmatch(stored) else "This is no hash that can be read."

    def needs_rehash(self, stored: str) -> bool:
        return not stored.startswith(self._prefix)

    def _check_open(self) -> None:
        if not self._is_open:
            raise DependencyUnavailable(
                dependency="password hasher", context={"reason": "not open"}
            )
