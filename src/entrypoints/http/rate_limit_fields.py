"""`RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10)."""

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from application.ports.rate_limiter import Limit, Quota

LIMIT: Final = "RateLimit"
POLICY: Final = "RateLimit-Policy"
_NAMES: Final = {name: name.lower().encode("ascii") for name in (LIMIT, POLICY)}


def fields(quotas: Sequence[Quota]) -> Iterator[tuple[str, str]]:
    """Give both fields, as lists of structured fields (RFC 9651); none when nothing is limited.

    `r` is what is left, and `t` the seconds until more is free (§4.1.2), rounded up.
    """
    if quotas:
        yield POLICY, _policies(*[(each.name, each.limit) for each in quotas])
        left = [f'"{each.name}";r={each.remaining};t={math.ceil(each.reset)}' for each in quotas]
        yield LIMIT, ", ".join(left)


def header_lines(quotas: Sequence[Quota]) -> list[tuple[bytes, bytes]]:
    """Give both fields as ASGI has headers."""
    return [(_NAMES[name], value.encode("ascii")) for name, value in fields(quotas)]


@lru_cache(maxsize=64)
def _policies(*limits: tuple[str, Limit]) -> str:
    """Give what is the same for each call of a route."""
    return ", ".join([f'"{name}";q={limit.hits};w={limit.seconds}' for name, limit in limits])
