"""Registry of the built-in adapters by role and URL scheme; named, not imported."""

from collections.abc import Mapping

_REDIS = "redis rediss unix redis+cluster rediss+cluster redis+sentinel rediss+sentinel"


ADAPTERS: Mapping[str, Mapping[str, str]] = {
    "active_users": {
        "memory": "adapters.memory.active_users:create",
        **dict.fromkeys(_REDIS.split(), "adapters.redis.active_users:create"),
    },
    "cache": {
        "memory": "adapters.memory.cache:create",
        "none": "adapters.memory.null_cache:create",
        **dict.fromkeys(_REDIS.split(), "adapters.redis.cache:create"),
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
    "rate_limiter": {
        "memory": "adapters.memory.rate_limiter:create",
        "none": "adapters.memory.null_rate_limiter:create",
        **dict.fromkeys(_REDIS.split(), "adapters.redis.rate_limiter:create"),
    },
    "password_policy": {"rules": "adapters.password_rules.policy:create"},
}
"""By role and scheme, `module:factory`; those of other packages come as entry points."""
