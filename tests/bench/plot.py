"""The picture of a run: every rate as a bar, every bar of the table beside its limit."""

from collections.abc import Iterator, Sequence
from html import escape

from tests.bench.results import Outcome, Results

WIDTH, LEFT, RIGHT = 900, 370, 170
ROW, THICK, TOP = 26, 15, 36
LIMIT = 0.4
"""Where the dashed line stands; what is beyond its end is cut there."""
READS = [
    "bare-asgi",
    "bare-litestar",
    "health",
    "me-memory",
    "me-sqlite",
    "me-uncached",
    "me-postgres",
    "me-redis",
    "pocketbase-read",
    "fastapi-read",
    "litestar-read",
]
HASHES = [
    "raw-argon2",
    "login",
    "register",
    "pocketbase-login",
    "pocketbase-register",
    "fastapi-login",
    "litestar-login",
]
OTHERS = ("bare-", "raw-", "pocketbase-", "fastapi-", "litestar-")
"""How the names of cases begin that are not about the service."""
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f }
.head { font-weight: 600; font-size: 15px }
.value { fill: #57606a }
.ours { fill: #2f6fb3 } .other { fill: #a9b4c0 } .missed { fill: #c4432b } .not { fill: #d8dee4 }
.limit { stroke: #24292f; stroke-width: 1.5; stroke-dasharray: 4 3 }
"""


def picture(taken: Results) -> str:
    """Give the run as SVG."""
    parts: list[str] = []
    top = 16
    for heading, lines in _sections(taken):
        parts.append(f'<text class="head" x="16" y="{top + 18}">{escape(heading)}</text>')
        parts += [_moved(line, top + TOP + ROW * number) for number, line in enumerate(lines)]
        top += TOP + ROW * len(lines) + 18
    size = f'width="{WIDTH}" height="{top}" viewBox="0 0 {WIDTH} {top}"'
    ground = f'<rect width="{WIDTH}" height="{top}" rx="8" fill="#fff"/>'
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="Benchmark">\n'
        f"<style>{STYLE}</style>\n{ground}\n{body}\n</svg>\n"
    )


def _sections(taken: Results) -> Iterator[tuple[str, list[str]]]:
    yield "GET requests a second, one worker (PocketBase: all cores)", _rates(taken, READS)
    yield "Passwords a second, two threads (PocketBase: all cores)", _rates(taken, HASHES)
    wanted = [bar for bar in taken.bars if not bar.at_most]
    bounded = [bar for bar in taken.bars if bar.at_most]
    yield "Ratios, and the least they have to be (dashed)", _outcomes(wanted)
    yield "Bounds, and the most they may be (dashed)", _outcomes(bounded)
    if compared := [bar for bar in taken.bars if bar.limit is None]:
        yield "Ratios without a limit", _compared(compared)


def _rates(taken: Results, names: Sequence[str]) -> list[str]:
    cases = {case.name: case for case in taken.cases if "rate" in case.medians}
    shown = [cases[name] for name in names if name in cases]
    most = max((case.medians["rate"] for case in shown), default=1.0)
    return [
        _line(
            case.what,
            case.medians["rate"] / most,
            f"{case.medians['rate']:,.0f}",
            "other" if case.name.startswith(OTHERS) else "ours",
        )
        for case in shown
    ]


def _outcomes(bars: Sequence[Outcome]) -> list[str]:
    """Give bars in multiples of their limits, so that one dashed line serves all of them."""
    looks = {"met": "ours", "MISSED": "missed"}
    return [
        _line(
            bar.what,
            min(1.0, bar.value / bar.limit * LIMIT),
            _told(bar),
            looks.get(bar.verdict, "not"),
            limit=LIMIT,
        )
        for bar in bars
        if bar.limit is not None
    ]


def _compared(bars: Sequence[Outcome]) -> list[str]:
    most = max(bar.value for bar in bars)
    return [_line(bar.what, bar.value / most, f"{bar.value:.2f}", "ours") for bar in bars]


def _told(bar: Outcome) -> str:
    verdict = "" if bar.verdict == "met" else f", {bar.verdict.lower()}"
    return f"{bar.value:.2f} of {bar.limit:g} {bar.unit}".strip() + verdict


def _line(what: str, share: float, value: str, look: str, limit: float | None = None) -> str:
    room = WIDTH - LEFT - RIGHT
    long = max(1.0, share * room)
    label = escape(what.replace("`", ""))
    parts = [
        f'<text x="{LEFT - 10}" y="12" text-anchor="end">{label}</text>',
        f'<rect class="{look}" x="{LEFT}" width="{long:.1f}" height="{THICK}" rx="2"/>',
    ]
    beside = LEFT + long
    if limit is not None:
        at = LEFT + limit * room
        beside = max(beside, at)
        parts.append(f'<path class="limit" d="M{at:.1f} -5V{THICK + 6}"/>')
    parts.append(f'<text class="value" x="{beside + 8:.1f}" y="12">{escape(value)}</text>')
    return "".join(parts)


def _moved(line: str, down: int) -> str:
    return f'<g transform="translate(0 {down})">{line}</g>'
