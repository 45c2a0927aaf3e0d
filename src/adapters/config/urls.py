"""Validation and redaction of adapter URLs."""

import re
from urllib.parse import parse_qsl, urlencode

from application.url import split_url

HIDDEN = "***"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_UNSEEN = re.compile(r"[\x00-\x20\x7f]")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^\[\]:@]*)(?::(?P<port>\d{1,5}))?", re.ASCII)
_SECRET_PARAMETER = re.compile(r"pass|pwd|secret|key|token|auth|cred|sig", re.IGNORECASE)
_MAX_PORT = 65535


def parse_url(text: str) -> str:
    """Validate a URL of any scheme and return it; several hosts are separated by commas.

    Raises ValueError with a sentence that repeats nothing of the URL: in a broken one a password
    may stand anywhere.
    """
    if not _SCHEME.match(text):
        raise ValueError("begin with a scheme, as in scheme://host.")
    if _UNSEEN.search(text):
        raise ValueError("remove the space or control character, or percent-encode it.")
    if _BAD_ESCAPE.search(text):
        raise ValueError("write % as %25.")
    if "#" in text:
        raise ValueError("write # as %23.")
    userinfo, _, hosts = split_url(text).netloc.rpartition("@")
    if "@" in userinfo:
        raise ValueError("write @ in a user name or password as %40.")
    for host in hosts.split(","):
        _check_host(host)
    return text


def _check_host(text: str) -> None:
    match = _HOST.fullmatch(text)
    if match is None or (match["port"] and not 1 <= int(match["port"]) <= _MAX_PORT):
        raise ValueError(
            "a host or port is not well-formed; in a password write : / ? # @ percent-encoded."
        )


def redact(url: str) -> str:
    """Redact the password of a URL, and parameters whose name sounds like a secret."""
    try:
        parts = split_url(parse_url(url))
    except ValueError:
        return HIDDEN
    userinfo, at, hosts = parts.netloc.rpartition("@")
    user, colon, _ = userinfo.partition(":")
    query = [
        (key, HIDDEN if _SECRET_PARAMETER.search(key) else value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    shown = f"{parts.scheme}://{user}{colon}{HIDDEN if colon else ''}{at}{hosts}{parts.path}"
    return f"{shown}?{urlencode(query, safe='*,/:')}" if query else shown
