"""Two adapters of a package that Armature has never heard of."""

from collections.abc import Collection, Mapping, Sequence
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

    async def ttl(self, key: str) -> timedelta | None:
        return timedelta.max if key in self.kept else None

    async def delete(self, key: str) -> None:
        self.kept.pop(key, None)

    async def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        return {key: self.kept[key] for key in keys if key in self.kept}

    async def set_many(self, values: Mapping[str, bytes], ttl: timedelta) -> None:
        self.kept.update(values)

    async def increment(self, key: str, ttl: timedelta, by: int = 1) -> int:
        counted = int(self.kept.get(key, b"0")) + by
        self.kept[key] = b"%d" % counted
        return counted

    async def decrement(self, key: str, ttl: timedelta, by: int = 1) -> int:
        return await self.increment(key, ttl, -by)


class AcmePolicy(PasswordPolicy):
    def advice(self, password: Password, own_words: Collection[str]) -> tuple[str, ...]:
        return () if "acme" in password.value else ("Put acme into it.",)


def create_cache(url: str, settings: Settings) -> Cache:
    return AcmeCache(url)


def create_policy(url: str, settings: Settings) -> PasswordPolicy:
    return AcmePolicy()
