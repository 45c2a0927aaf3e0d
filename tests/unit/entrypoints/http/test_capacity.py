import resource

import pytest

from entrypoints.http.server.supervisor import LEAST, MOST, SPARE_FILES, connections

ENDLESS = resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("soft", "hard", "raised", "room"),
    [
        (1024, 1_048_576, MOST + SPARE_FILES, MOST),
        (1024, ENDLESS, MOST + SPARE_FILES, MOST),
        (1024, 2048, 2048, 2048 - SPARE_FILES),
        (20_000, 20_000, None, MOST),
        (ENDLESS, ENDLESS, None, MOST),
        (256, 256, 256, LEAST),
    ],
)
def test_places_are_as_many_as_open_files_allow(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, raised: int | None, room: int
) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: asked.append(limits))

    assert connections() == room
    assert asked == ([] if raised is None else [(raised, hard)])
