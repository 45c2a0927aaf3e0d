"""Key names: every key of the service in Redis, all below `REDIS_PREFIX`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keys:
    """Names keys. Services with different prefixes share a Redis and do not see each other.

    A prefix has no colon, so none begins another's keys, and no brace, which would move keys to
    other slots of a cluster. An ACL user needs `~prefix:*` and nothing more.
    """

    prefix: str

    def cache(self, key: str) -> str:
        return f"{self.prefix}:{key}"

    def limit(self, key: str) -> str:
        """Name a counter; the hash tag puts all into one slot, as one script reaches several."""
        return f"{self.prefix}:{{limits}}:{key}"

    @property
    def active_users(self) -> str:
        return f"{self.prefix}:active-users"
