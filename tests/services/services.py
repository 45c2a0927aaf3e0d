"""What a run's servers are, as the keeper publishes it to every worker."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Services:
    """The servers of one run. `failure` says why there are none; the URLs are empty then."""

    lane: str = ""
    note: str = ""
    postgres_url: str = ""
    redis_url: str = ""
    pgbouncer_url: str | None = None
    seconds: float = 0.0
    failure: str = ""

    def summary(self) -> str:
        """Return the line that a run ends with."""
        if self.failure:
            return f"test services: none, {self.failure.splitlines()[0]}"
        why = f" ({self.note})" if self.note else ""
        return f"test services: {self.lane}{why}, started in {self.seconds:.1f} s"


def publish(folder: Path, services: Services) -> None:
    """Write the file at once, so that no worker reads half of it."""
    draft = folder / "services.draft"
    draft.write_text(json.dumps(asdict(services)))
    draft.replace(folder / "services.json")


def published(folder: Path) -> Services | None:
    """Return what the keeper published, or None when it has not yet."""
    try:
        text = (folder / "services.json").read_text()
    except FileNotFoundError:
        return None
    return Services(**json.loads(text))
