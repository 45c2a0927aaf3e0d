"""Adapters by role and URL scheme: the built-in ones, and entry points of other packages."""

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Final

from application.invalid_settings import InvalidSettings
from application.settings import Settings

Factory = Callable[[str, Settings], Any]
"""Builds an adapter of its role's port from a URL and the settings."""

GROUP: Final = "armature.adapters"
"""The entry-point group for adapters of other packages; an entry is named `<role>.<scheme>`."""

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_REDIS: Final = (
    *("redis", "rediss", "unix", "redis+cluster", "rediss+cluster"),
    *("redis+sentinel", "rediss+sentinel"),
)

ADAPTERS: Final[Mapping[str, Mapping[str, str]]] = {
    "active_users": {
        "memory": "adapters.memory.active_users:create",
        **dict.fromkeys(_REDIS, "adapters.redis.active_users:create"),
    },
    "cache": {
        "memory": "adapters.memory.cache:create",
        "none": "adapters.memory.null_cache:create",
        **dict.fromkeys(_REDIS, "adapters.redis.cache:create"),
    },
    "database": {
        "memory": "adapters.sqlite.temporary:create",
        "sqlite": "adapters.sqlite.database:create",
        "postgresql": "adapters.postgres.database:create",
        "postgres": "adapters.postgres.database:create",
    },
    "inspection": {
        "memory": "adapters.memory.inspection:create",
        "sqlite": "adapters.sqlite.inspection:create",
        "postgresql": "adapters.postgres.inspection:create",
        "postgres": "adapters.postgres.inspection:create",
    },
    "password_hasher": {
        "argon2id": "adapters.argon2.hasher:create",
        "plain": "adapters.memory.hasher:create",
    },
    "password_policy": {"rules": "adapters.password_rules.policy:create"},
    "rate_limiter": {
        "memory": "adapters.memory.rate_limiter:create",
        "none": "adapters.memory.null_rate_limiter:create",
        **dict.fromkeys(_REDIS, "adapters.redis.rate_limiter:create"),
    },
}
"""`module:factory` by role and scheme; a module is imported when its adapter is chosen."""


def find_adapter(role: str, url: str, variable: str, own: Mapping[str, str]) -> Factory:
    """Look up the factory for a URL: built-in (`own`, by scheme), or from an entry point.

    Raises InvalidSettings, naming `variable`, for an unknown scheme.
    """
    match = _SCHEME.match(url)
    scheme = match[1].lower() if match else ""
    if scheme in own:
        module, _, name = own[scheme].partition(":")
        factory: Factory = getattr(import_module(module), name)
        return factory
    plugins = {entry.name: entry for entry in entry_points(group=GROUP)}
    if (entry := plugins.get(f"{role}.{scheme}")) is not None:
        loaded: Factory = entry.load()
        return loaded
    prefix = f"{role}."
    others = (name.removeprefix(prefix) for name in plugins if name.startswith(prefix))
    problem = (
        f"{variable}: there is no {role.replace('_', ' ')} for the scheme {scheme!r}. "
        f"Known ones: {', '.join(sorted({*own, *others}))}."
    )
    raise InvalidSettings((problem,))
