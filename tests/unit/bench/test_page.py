from pathlib import Path

import msgspec
import pytest

from tests.bench import page, plot
from tests.bench.bars import BARS
from tests.bench.cases import CASES
from tests.bench.results import SCHEMA, figures, outcomes, read

TAKEN = read(page.RESULTS)


def test_the_page_says_what_the_results_say() -> None:
    text = page.PAGE.read_text()

    assert page.page(text, TAKEN) == text, "run `just docs`"


def test_the_picture_shows_the_results() -> None:
    assert page.PICTURE.read_text() == plot.picture(TAKEN), "run `just docs`"


def test_the_results_are_of_all_cases_and_all_bars_of_today() -> None:
    assert TAKEN.schema == SCHEMA
    assert [case.name for case in TAKEN.cases] == [*(case.name for case in CASES), "memory"]
    assert [bar.what for bar in TAKEN.bars] == [bar.what for bar in BARS]


def test_medians_and_verdicts_follow_from_the_samples() -> None:
    again = [figures(case.name, case.what, _rounds(case.samples)) for case in TAKEN.cases]
    told = [msgspec.structs.replace(bar, profile=[]) for bar in TAKEN.bars]

    assert again == TAKEN.cases
    assert outcomes(again, TAKEN.machine.cores) == told


def test_a_page_without_a_place_for_a_table_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for run"):
        page.page("# Performance\n", TAKEN)


def test_results_of_another_shape_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    file.write_text('{"schema": 1}')

    with pytest.raises(msgspec.ValidationError):
        read(file)


def _rounds(samples: dict[str, list[float]]) -> list[dict[str, float]]:
    rows = zip(*samples.values(), strict=True)
    return [dict(zip(samples, row, strict=True)) for row in rows]
