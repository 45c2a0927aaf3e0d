"""Lua scripts, sent as EVALSHA."""

import hashlib
from collections.abc import Sequence
from importlib import resources
from typing import Any

from redis.exceptions import NoScriptError

from adapters.redis.client import RedisClient


class Script:
    """A Lua file of this folder; the server is sent the text once, and its hash from then on."""

    def __init__(self, file: str) -> None:
        self._text = resources.files("adapters.redis").joinpath(file).read_text("utf-8")
        # The name that Redis gives a script; nothing rests on it.
        self._hash = hashlib.sha1(self._text.encode(), usedforsecurity=False).hexdigest()

    async def run(self, client: RedisClient, keys: Sequence[str], arguments: Sequence[int]) -> Any:  # noqa: ANN401 - what it is, the script says
        """Run it; raises DependencyUnavailable."""
        rest: tuple[str | int, ...] = (len(keys), *keys, *arguments)
        try:
            return await client.run("EVALSHA", self._hash, *rest)
        except NoScriptError:
            # A server that was restarted, or a node that has not seen it yet.
            return await client.run("EVAL", self._text, *rest)
