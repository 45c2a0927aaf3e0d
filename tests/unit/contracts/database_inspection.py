from application.ports.database_inspection import DatabaseInspection


class DatabaseInspectionContract:
    """Every inspection passes this; a subclass gives `inspection`, of a migrated database."""

    async def test_a_database_with_a_schema_has_a_revision(
        self, inspection: DatabaseInspection
    ) -> None:
        facts = await inspection.look()

        assert (facts.schema.revision is not None) is inspection.has_schema
        assert facts.takes_writes

    async def test_a_second_look_sees_the_same(self, inspection: DatabaseInspection) -> None:
        first, second = await inspection.look(), await inspection.look()

        assert first.schema.revision == second.schema.revision
        assert first.now is None or second.now is None or first.now <= second.now
