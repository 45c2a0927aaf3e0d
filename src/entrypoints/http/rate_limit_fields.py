"""`RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10)."""

import math
from collections.abc import Iterator, Sequence
from typing import Final

from application.ports.rate_limiter import Quota

LIMIT: Final = "RateLimit"
POLICY: Final = "RateLimit-Policy"


def fields(quotas: Sequence[Quota]) -> Iterator[tuple[str, str]]:
    """Give both fields, as lists of structured fields (RFC 9651); none when nothing is limited.

    `r` is what is left, and `t` the seconds until more is free (§4.1.2), rounded up.
    """
    if quotas:
        policies = [f'"{each.name}";q={each.limit.hits};w={each.limit.seconds}' for each in quotas]
        left = [f'"{each.name}";r={each.remaining};t={math.ceil(each.reset)}' for each in quotas]
        yield POLICY, ", ".join(policies)
        yield LIMIT, ", ".join(left)
