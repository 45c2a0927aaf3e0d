"""Key ring that reloads its file when the file changes."""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from adapters.jwt.key_file import exposed, parse, read_bytes
from adapters.jwt.keys import Key, Keys
from application.invalid_settings import InvalidSettings
from application.ports.published_keys import PublicKey, PublishedKeys

INTERVAL: Final = 1.0
"""Seconds between two looks at the file; and between two that unknown keys cause."""

logger: Final = logging.getLogger("armature.keys")

_Stamp = tuple[int, ...] | None


class WatchedKeys(Keys, PublishedKeys):
    """Takes a changed file up within a second; one that cannot be used changes nothing.

    A look is one `stat`, microseconds; only keys that are new are read, so it all happens in the
    event loop. Raises InvalidSettings when the file cannot be used at the start. With `strict`
    it must not be one that others can read.
    """

    def __init__(
        self, path: Path, *, strict: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._path = path
        self._strict = strict
        self._clock = clock
        self._keys: tuple[Key, ...] = ()
        self._raw: bytes | None = None
        self._problem: str | None = None
        self._looked_at = self._searched_at = clock()
        self._searched_at -= INTERVAL
        self._stamp = _stamp(path)
        self._take()

    def signing(self) -> Key:
        self._look()
        return self._keys[0]

    def find(self, id: object) -> Key | None:
        self._look()
        if not isinstance(id, str):
            return None
        found = self._find(id)
        if found is None and self._clock() - self._searched_at >= INTERVAL:
            # Perhaps another process signs with a key that came after the last look.
            self._searched_at = self._clock()
            self._reload()
            found = self._find(id)
        return found

    async def published(self) -> tuple[PublicKey, ...]:
        self._look()
        return tuple(key.public for key in self._keys if key.public)

    def _find(self, id: str) -> Key | None:
        return next((key for key in self._keys if key.id == id), None)

    def _look(self) -> None:
        now = self._clock()
        if now - self._looked_at < INTERVAL:
            return
        self._looked_at = now
        # Taken before the file is read: what is written after that is another change.
        stamp = _stamp(self._path)
        if stamp != self._stamp:
            self._stamp = stamp
            self._reload()

    def _reload(self) -> None:
        try:
            changed = self._take()
        except InvalidSettings as error:
            problem = str(error)
            if problem != self._problem:
                logger.log(logging.ERROR, "%s The keys from before stay in use.", problem)
            self._problem = problem
            return
        if changed or self._problem:
            logger.info("tokens are signed with the key %s now", self._keys[0].id)
        self._problem = None

    def _take(self) -> bool:
        """Read the file; returns whether its content changed."""
        if self._strict and (problem := exposed(self._path)):
            raise InvalidSettings((problem,))
        raw = read_bytes(self._path)
        if raw == self._raw:
            return False
        self._keys = parse(self._path, raw, self._keys).keys
        self._raw = raw
        return True


def _stamp(path: Path) -> _Stamp:
    try:
        info = path.stat()
    except OSError:
        return None
    return info.st_dev, info.st_ino, info.st_mtime_ns, info.st_ctime_ns, info.st_size
