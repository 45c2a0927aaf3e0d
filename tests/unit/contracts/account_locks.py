"""What every `UserRepository` locks: accounts, and whoever acts on them."""

from itertools import permutations

from application.actor import Account
from application.ports.database import Database
from application.ports.session_repository import SESSIONS
from application.ports.user_repository import USERS
from domain.session.events import EndReason
from domain.user.errors import LastAdmin
from domain.user.role import ADMIN
from domain.user.user import User
from tests.builders import NOW, a_session, a_user, an_admin, an_id, closed
from tests.storage import a_unit
from tests.unit.contracts.database import store, store_session, together


class AccountLocksContract:
    """Give it an open, empty `database` by a fixture."""

    async def test_gives_the_active_admins(self, database: Database) -> None:
        one, two = an_admin(), a_user(roles=("editor", "admin"))
        gone = an_admin()
        gone.is_active = False
        other = a_user(roles=("admin2", "not-admin"))
        await store(database, one, a_user(), two, gone, other)

        async with a_unit(database) as unit:
            for also in (one, gone, other, a_user()):
                locked = await unit.repository(USERS).lock(also.id, with_active_admins=True)
                assert locked.active_admins == {one.id, two.id}

    async def test_locks_an_account_with_the_account_and_session_that_act(
        self, database: Database
    ) -> None:
        user, admin = a_user(), an_admin()
        await store(database, user, admin)
        session, _ = await store_session(database, *a_session(admin))
        by = Account(user_id=admin.id, session_id=session.id, roles=frozenset())
        nobody = Account(user_id=an_id(), session_id=an_id(), roles=frozenset())

        async with a_unit(database) as unit:
            locked = await unit.repository(USERS).lock(user.id, by=by)
            own = await unit.repository(USERS).lock(admin.id, by=by)
            missing = await unit.repository(USERS).lock(user.id, by=nobody)
            without = await unit.repository(USERS).lock(user.id)

        assert locked.user is not None
        assert locked.actor is not None
        assert locked.session is not None
        assert (locked.user.id, locked.user.email) == (user.id, user.email)
        assert (locked.actor.id, locked.actor.roles) == (admin.id, frozenset({ADMIN}))
        assert (locked.session.id, locked.session.user_id) == (session.id, admin.id)
        assert locked.active_admins == frozenset()
        assert own.actor is own.user is not None
        assert (missing.actor, missing.session) == (None, None)
        assert (without.actor, without.session) == (None, None)

    async def test_sees_under_the_locks_what_ended_the_session_meanwhile(
        self, database: Database
    ) -> None:
        """And whoever comes second waits: of two acts that race, one sees the other."""
        for _ in range(5):
            admin, user = an_admin(), a_user()
            await store(database, admin, user)
            session, _ = await store_session(database, *a_session(admin))
            by = Account(user_id=admin.id, session_id=session.id, roles=frozenset({ADMIN}))
            order: list[str] = []

            async def end(of: User = admin, order: list[str] = order) -> None:
                async with a_unit(database) as unit:
                    await unit.repository(USERS).lock(of.id)
                    await unit.repository(SESSIONS).end_all(of.id, EndReason.REVOKED, NOW)
                    order.append("ended")
                    await unit.commit()

            async def act(of: User = user, by: Account = by, order: list[str] = order) -> bool:
                async with a_unit(database) as unit:
                    locked = await unit.repository(USERS).lock(of.id, by=by)
                    order.append("acted")
                    await unit.commit()
                return locked.session is not None and locked.session.is_live(NOW)

            _, was_live = await together([end(), act()])

            assert was_live is (order == ["acted", "ended"])

    async def test_two_admins_who_are_demoted_at_once_leave_one(self, database: Database) -> None:
        admins = [an_admin() for _ in range(4)]
        await store(database, *admins)

        outcomes = await together(self._demote(database, admin, admin) for admin in admins)

        assert outcomes.count(None) == 3
        assert sum(isinstance(outcome, LastAdmin) for outcome in outcomes) == 1
        async with a_unit(database) as unit:
            locked = await unit.repository(USERS).lock(an_id(), with_active_admins=True)
            assert len(locked.active_admins) == 1

    async def test_admins_who_demote_each_other_never_wait_in_a_circle(
        self, database: Database
    ) -> None:
        for _ in range(6):
            admins = [an_admin() for _ in range(4)]
            await store(database, *admins)
            pairs = [*permutations(admins, 2)] * 2

            outcomes = await together(self._demote(database, *pair) for pair in pairs)

            errors = [outcome for outcome in outcomes if outcome is not None]
            assert all(isinstance(error, LastAdmin) for error in errors), errors
            async with a_unit(database) as unit:
                locked = await unit.repository(USERS).lock(an_id(), with_active_admins=True)
            (left,) = locked.active_admins
            async with a_unit(database) as unit:
                await unit.repository(USERS).save(closed(next(a for a in admins if a.id == left)))
                await unit.commit()

    @staticmethod
    async def _demote(database: Database, actor: User, admin: User) -> None:
        by = Account(user_id=actor.id, session_id=an_id(), roles=frozenset({ADMIN}))
        async with a_unit(database) as unit:
            locked = await unit.repository(USERS).lock(admin.id, by=by, with_active_admins=True)
            if locked.active_admins == {admin.id}:
                raise LastAdmin
            assert locked.user is not None
            locked.user.revoke(ADMIN, NOW)
            await unit.repository(USERS).save(locked.user)
            await unit.commit()
