"""Limits as people write them: `register=5/15m,api=off,GET /api/v1/users/me=20/10s`."""

import re
from datetime import timedelta

from adapters.config.durations import parse_duration
from application.limits.groups import API, API_USER, AUTH, DEFAULTS, LOGIN, REGISTER, Limits
from application.ports.rate_limiter import Limit

OFF = "off"
MAX_HITS = 10_000
_SECOND, _DAY = timedelta(seconds=1), timedelta(days=1)
_ROUTE = re.compile(r"(?:GET|POST|PUT|PATCH|DELETE) /[!-~]*")
_FORM = re.compile(r"([1-9]\d{0,4})/(\w+)", re.ASCII)


def parse_rate_limits(text: str) -> Limits:
    """Read `NAME=HITS/WINDOW` or `NAME=off`, with commas between them; raises ValueError.

    A name is a group or a route, as `GET /api/v1/users/me`; which routes there are is not known
    here. What is not named is as it is by default, and users may do what their addresses may.
    `auth` stands for `login` and `register`, where these are not named themselves.
    """
    read: dict[str, Limit | None] = {}
    for number, item in enumerate(filter(str.strip, text.split(",")), start=1):
        name, equals, value = (part.strip() for part in item.partition("="))
        if not equals:
            raise ValueError(f"item {number}: write NAME=HITS/WINDOW, as in register=5/15m.")
        if name not in DEFAULTS and name != AUTH and not _ROUTE.fullmatch(name):
            known = ", ".join(DEFAULTS)
            raise ValueError(
                f"item {number}: there is no such name. There are {known}, and routes such as "
                "GET /api/v1/users/me."
            )
        if name in read:
            raise ValueError(f"item {number}: this name stood there before.")
        read[name] = _limit(value, number)
    limits = {**DEFAULTS, API_USER: read.get(API, DEFAULTS[API])}
    if AUTH in read:
        limits[LOGIN] = limits[REGISTER] = read.pop(AUTH)
    return {**limits, **read}


def _limit(text: str, number: int) -> Limit | None:
    if text == OFF:
        return None
    match = _FORM.fullmatch(text)
    try:
        window = parse_duration(match[2]) if match else timedelta(0)
    except ValueError:
        window = timedelta(0)
    hits = int(match[1]) if match else 0
    if not 1 <= hits <= MAX_HITS or not _SECOND <= window <= _DAY or window % _SECOND:
        raise ValueError(
            f"item {number}: write HITS/WINDOW, 1 to {MAX_HITS} hits in whole seconds up to a "
            "day, as in 5/15m, or off."
        )
    return Limit(hits, window // _SECOND)
