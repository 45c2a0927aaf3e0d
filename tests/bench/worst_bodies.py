"""The bodies that cost most to read of those within the limits, on each route that takes one.

None gets as far as hashing a password, which has a case of its own (`health-busy`).
"""

import json

from entrypoints.http.request import MAX_AUTH_BODY, MAX_BODY
from tests.bench.talks import Asked

LOGIN, REGISTER = "/api/v1/auth/login", "/api/v1/auth/register"
_GOOD = {"email": "ann@example.com", "password": "Correct-Horse-1"}
_MARKS = "a" + "\u0315" * 255 + "\u0300" * 255
"""Normalisation takes the square of their number on some releases; so many are let through."""


def worst_bodies(profile: str, bearer: dict[str, str]) -> list[Asked]:
    """Give a request for each; `profile` is the path of a profile that `bearer` may change."""
    anybody = [
        *((LOGIN, fields) for fields in ({"password": _MARKS}, {"email": f"a@{_MARKS[:500]}"})),
        (REGISTER, {"name": _MARKS[:400], "email": f"a@{_MARKS[:500]}", "password": _MARKS}),
        (LOGIN, {"email": f"a@{'ü' * 245}.de"}),
        (LOGIN, {"mode": " - at `$" * 1_900}),
    ]
    own = [
        {"bio": "<a>" * 666},
        {"bio": "<strong><em><a><p>" * 111, "name": _MARKS[:400]},
        {"website": "https://" + "ü." * 670},
        {"website": "https://a.example/" + "%41" * 670},
        {"email": f"a@{_MARKS[:500]}", "password": _MARKS},
    ]
    return [
        *(Asked("POST", path, json.dumps(_GOOD | fields)) for path, fields in anybody),
        *(Asked("POST", LOGIN, text) for text in _structures(MAX_AUTH_BODY)),
        *(Asked("PATCH", profile, json.dumps(fields), bearer) for fields in own),
        *(Asked("PATCH", profile, text, bearer) for text in _structures(MAX_BODY)),
    ]


def _structures(size: int) -> list[str]:
    """JSON that is deep, of many members, or of a long number, each of `size` bytes at most."""
    members = ",".join(f'"k{number}":1' for number in range(size // 12))
    return [
        "[" * (size - 1),
        '{"email":1,"name":1,"else":' + "[" * 900 + "]" * 900 + "}",
        f'{{"email":1,"name":1,{members}}}',
        '{"email":' + "9" * (size - 20) + "}",
        '{"email":"' + "\\u0300" * ((size - 20) // 6) + '"}',
    ]
