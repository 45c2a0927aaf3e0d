from tests.bench.cases import CASES
from tests.bench.rounds import shuffled


def test_every_round_has_every_case_in_another_order() -> None:
    rounds = [[case.name for case in shuffled(CASES, number)] for number in range(1, 6)]

    assert all(sorted(names) == sorted(case.name for case in CASES) for names in rounds)
    assert len({tuple(names) for names in rounds}) == len(rounds)
