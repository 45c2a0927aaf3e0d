from concurrent.futures import ThreadPoolExecutor
from uuid import RFC_4122

from application.ports.id_generator import IdGenerator


class IdGeneratorContract:
    """Every generator of ids passes this; a subclass gives `ids`."""

    def test_an_id_is_a_uuid_of_version_7(self, ids: IdGenerator) -> None:
        new = ids.new_id()

        assert (new.version, new.variant) == (7, RFC_4122)

    def test_ids_are_in_ascending_order(self, ids: IdGenerator) -> None:
        made = [ids.new_id() for _ in range(20_000)]

        assert made == sorted(set(made))

    def test_threads_never_get_the_same_id(self, ids: IdGenerator) -> None:
        with ThreadPoolExecutor(4) as pool:
            batches = pool.map(lambda _: [ids.new_id() for _ in range(2_000)], range(4))
            made = [new for batch in batches for new in batch]

        assert len(set(made)) == 8_000
