"""When a session's generation began, what it recovered, how its tokens are held, and where from."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TIME = sa.TIMESTAMP(timezone=True).with_variant(sa.INTEGER(), "sqlite")
COLUMNS = ("began_at", "recovery_parent", "recovery_generation", "mode", "network")


def upgrade() -> None:
    # All may be NULL: no row is rewritten under the lock, and a process of the release before
    # opens sessions until it is replaced.
    op.add_column("sessions", sa.Column("began_at", TIME))
    op.add_column("sessions", sa.Column("recovery_parent", sa.INTEGER()))
    op.add_column("sessions", sa.Column("recovery_generation", sa.INTEGER()))
    op.add_column("sessions", sa.Column("mode", sa.TEXT()))
    op.add_column("sessions", sa.Column("network", sa.TEXT()))
    op.create_index("sessions_by_network", "sessions", ["user_id", "network", "last_used_at"])
    # Pages go down the ids, which are in the order of time.
    _index_by("id", every=["user_id", "id"])


def downgrade() -> None:
    # The release before reads no reason that it does not have.
    op.execute(
        "UPDATE sessions SET end_reason = 'revoked'"
        " WHERE end_reason IN ('session_limit', 'email_changed')"
    )
    _index_by("created_at", every=["user_id"])
    op.drop_index("sessions_by_network", "sessions")
    for name in reversed(COLUMNS):
        op.drop_column("sessions", name)


def _index_by(column: str, *, every: list[str]) -> None:
    """Index the sessions of a user, those that run and all of them."""
    running = sa.text("ended_at IS NULL")
    op.drop_index("sessions_running", "sessions")
    op.drop_index("sessions_by_user", "sessions")
    op.create_index(
        "sessions_running",
        "sessions",
        ["user_id", column],
        postgresql_where=running,
        sqlite_where=running,
    )
    op.create_index("sessions_by_user", "sessions", every)
