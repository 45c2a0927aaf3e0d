"""Two adapters of a package that Armature has never heard of."""

from collections.abc import Collection
from datetime import timedelta

from application.ports.cache import Cache
from application.settings import Settings
from domain.user.password import Password
from domain.user.password_policy import PasswordPolicy


class AcmeCache(Cache):
    name = "acme"

    def __init__(self, url: str) -> None:
        self.url = url
        self.kept: dict[str, bytes] = {}

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def check(self) -> None: ...

    async def get(self, key: str) -> bytes | None:
        return self.kept.get(key)

    async def set(self, key: str, value: bytes, ttl: timedelta) -> None:
        self.kept[key] = value

    async def add(self, key: str, value: bytes, ttl: timedelta) -> bool:
        return self.kept.setdefault(key, value) is value

    async def delete(self, key: str) -> None:
        self.kept.pop(key, None)


class AcmePolicy(PasswordPolicy):
    def advice(self, password: Password, own_words: Collection[str]) -> tuple[str, ...]:
        return () if "acme" in password.value else ("Put acme into it.",)


def create_cache(url: str, settings: Settings) -> Cache:
    return AcmeCache(url)


def create_policy(url: str, settings: Settings) -> PasswordPolicy:
    return AcmePolicy()
