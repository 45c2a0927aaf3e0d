import select

import pytest
from psycopg import AsyncPipeline

from application.errors import DuplicateKey
from application.ports.audit_trail import AUDIT_TRAIL
from application.ports.database import Database
from application.ports.session_repository import SESSIONS
from tests.builders import a_session, a_user, an_entry
from tests.storage import a_unit
from tests.unit.contracts.database import store, store_session
from tests.unit.contracts.unit_of_work import UnitOfWorkContract


class TestPostgresUnitOfWork(UnitOfWorkContract):
    pass


async def test_tells_what_stopped_a_pipeline_and_not_what_that_kept_from_being_done(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store(database, user := a_user())
    _, token = await store_session(database, *a_session(user))
    enqueue = AsyncPipeline._enqueue_sync

    def when_refused(pipeline: AsyncPipeline) -> None:
        # The server tells of an error at once: it comes before we are done with sending.
        select.select([pipeline.pgconn.socket], [], [], 5)
        enqueue(pipeline)

    async with a_unit(database) as unit:
        other, _ = a_session(user)
        await unit.repository(SESSIONS).add(other, token)
        await unit.repository(AUDIT_TRAIL).add([an_entry(user.id)])
        monkeypatch.setattr(AsyncPipeline, "_enqueue_sync", when_refused)
        with pytest.raises(DuplicateKey):
            await unit.commit()
