"""Which schema the statements of this adapter are written for."""

from application.errors import SchemaOutdated

REVISION = "0004"
"""The oldest revision that `sql.py` works on; a test compares it with the newest migration."""


def check_revision(found: str | None) -> None:
    """Raise SchemaOutdated unless the schema is at REVISION or newer.

    Newer is fine: while a release rolls out, its migration runs before the old replicas end.
    Revisions are numbers of four digits, so they compare as text.
    """
    if found is None or found < REVISION:
        raise SchemaOutdated(
            context={
                "operation": "check",
                "detail": f"The schema is at {found or 'no revision'}, {REVISION} is needed."
                " Run `armature db upgrade`.",
            }
        )
