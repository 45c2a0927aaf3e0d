"""Compare the service with its limits, and with a peer, in one run.

    just bench [--cases a,b] [--rounds 5] [--seconds 3] [--quick] [--profile CASE]

Prints the table. A run of everything also writes bench/results.json, docs/performance.md and its
picture; a part of it leaves var/bench/results.json. The exit code is 1 when a bar was missed.
"""

import argparse
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import msgspec

from tests.bench import page, report, rounds
from tests.bench.cases import CASES, Case
from tests.bench.load import LoadFailedError, Sample
from tests.bench.profiles import NoProfileError, profile
from tests.bench.results import Figures, Results, figures, results, write
from tests.bench.stage import Stage
from tests.services.folders import disk_root

ASIDE = page.ROOT / "var" / "bench"
PROFILED_SECONDS = 8.0
MEMORY = "memory of the largest worker after the load (RSS)"


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="armature-bench-", dir=disk_root()) as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL's account passes through to its own folder
        with ExitStack() as stack:
            stage = Stage(folder, stack)
            try:
                sys.exit(_profile(options, stage) if options.profile else _compare(options, stage))
            except LoadFailedError as error:
                sys.exit(f"The run is worth nothing: an answer was no success.\n{error}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="just bench", description=(__doc__ or "").split("\n")[0])
    names = ", ".join(case.name for case in CASES)
    parser.add_argument("--cases", type=_cases, help=f"some of: {names}")
    parser.add_argument("--rounds", type=int, default=5, help="over all cases (5)")
    parser.add_argument("--seconds", type=float, default=3, help="of each case a round (3)")
    parser.add_argument("--quick", action="store_true", help="2 rounds of 1 s: only that it works")
    parser.add_argument("--profile", type=_cases, metavar="CASE", help="see where its time goes")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds = 2, 1
    return options


def _cases(text: str) -> list[Case]:
    known = {case.name: case for case in CASES}
    names = text.split(",")
    unknown = ", ".join(name for name in names if name not in known)
    if unknown:
        raise argparse.ArgumentTypeError(f"unknown: {unknown}; known: {', '.join(known)}")
    return [known[name] for name in names]


def _profile(options: argparse.Namespace, stage: Stage) -> int:
    for case in options.profile:
        try:
            lines = profile(case, stage, PROFILED_SECONDS, ASIDE)
        except NoProfileError as error:
            print(f"{case.name}: {error}", file=sys.stderr)
            return 1
        print(f"{case.name}: {ASIDE / case.name}.svg and .txt", *lines, sep="\n")
    return 0


def _compare(options: argparse.Namespace, stage: Stage) -> int:
    cases = options.cases or CASES
    taken = results(
        [*_measured(cases, stage, options), *_memory(stage)],
        seconds=options.seconds,
        rounds=options.rounds,
    )
    if not options.quick:
        taken = _explained(taken, stage)
    report.show(taken)
    if options.cases or options.quick:
        write(ASIDE / "results.json", taken)
    else:
        write(page.RESULTS, taken)
        page.write()
    return int(any(bar.verdict == "MISSED" for bar in taken.bars))


def _measured(cases: list[Case], stage: Stage, options: argparse.Namespace) -> list[Figures]:
    samples: dict[str, list[Sample]] = {case.name: [] for case in cases}
    for number, case, sample in rounds.play(cases, stage, options.rounds, options.seconds):
        what = f"round {number} of {options.rounds}" if number else "warming up"
        shown = ", ".join(f"{name} {value:,.2f}" for name, value in sample.items())
        print(f"{what}: {case.name}: {shown}", file=sys.stderr, flush=True)
        if number:
            samples[case.name].append(sample)
    return [figures(case.name, case.what, samples[case.name]) for case in cases]


def _memory(stage: Stage) -> list[Figures]:
    return [figures("memory", MEMORY, [rounds.memory(stage)])] if stage.servers else []


def _explained(taken: Results, stage: Stage) -> Results:
    """Profile what was missed."""
    missed = {bar.case for bar in taken.bars if bar.verdict == "MISSED"}
    why = {case.name: _costs(case, stage) for case in CASES if case.name in missed}
    bars = [
        msgspec.structs.replace(bar, profile=why.get(bar.case, []))
        if bar.verdict == "MISSED"
        else bar
        for bar in taken.bars
    ]
    return msgspec.structs.replace(taken, bars=bars)


def _costs(case: Case, stage: Stage) -> list[str]:
    print(f"profiling {case.name}, whose bar was missed", file=sys.stderr, flush=True)
    try:
        return profile(case, stage, PROFILED_SECONDS, ASIDE)
    except NoProfileError as error:
        return [f"no profile: {error}"]


if __name__ == "__main__":
    main()
