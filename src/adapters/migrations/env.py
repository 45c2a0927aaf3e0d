"""Alembic environment: runs the migrations on the connection and in the transaction it is given."""

import logging
import time
from typing import Any

from alembic import context

from application.schema import VERSION_TABLE

logger = logging.getLogger("armature.migrations")
_began = [time.perf_counter()]


def _log_step(*, step: Any, **_: object) -> None:  # noqa: ANN401 - Alembic's MigrationInfo
    """Tell of a step that is done, and committed with those after it."""
    now = time.perf_counter()
    names = (step.source_revision_ids, step.destination_revision_ids)
    before, after = (", ".join(each) or "nothing" for each in names)
    what = (step.up_revision.doc or "").rstrip(".")
    milliseconds = (now - _began.pop()) * 1000
    logger.info("%s -> %s took %.1f ms: %s", before, after, milliseconds, what)
    _began.append(now)


context.configure(
    connection=context.config.attributes["connection"],
    version_table=VERSION_TABLE,
    transactional_ddl=True,
    on_version_apply=_log_step,  # type: ignore[arg-type]  # called by names, whatever its type says
)
context.run_migrations()
