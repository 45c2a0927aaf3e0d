"""`RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10)."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import ceil
from typing import Final

from application.ports.rate_limiter import Limit, Quota

LIMIT: Final = "RateLimit"
POLICY: Final = "RateLimit-Policy"
_LIMIT, _POLICY = LIMIT.lower().encode("ascii"), POLICY.lower().encode("ascii")


def fields(quotas: Sequence[Quota]) -> Iterator[tuple[str, str]]:
    """Give both fields, as lists of structured fields (RFC 9651); none when nothing is limited.

    `r` is what is left, and `t` the seconds until more is free (§4.1.2), rounded up.
    """
    if quotas:
        yield POLICY, _policies(quotas)
        yield LIMIT, _left(quotas)


def header_lines(quotas: Sequence[Quota]) -> tuple[tuple[bytes, bytes], ...]:
    """Give both fields as ASGI has headers."""
    if not quotas:
        return ()
    return (_POLICY, _policies(quotas).encode("ascii")), (_LIMIT, _left(quotas).encode("ascii"))


def _policies(quotas: Sequence[Quota]) -> str:
    return ", ".join([_policy(name, limit) for name, limit, _, _ in quotas])


def _left(quotas: Sequence[Quota]) -> str:
    return ", ".join([f'"{name}";r={left};t={ceil(reset)}' for name, _, left, reset in quotas])


@lru_cache(maxsize=64)
def _policy(name: str, limit: Limit) -> str:
    """Give what is the same for each call of a route."""
    return f'"{name}";q={limit.hits};w={limit.seconds}'
