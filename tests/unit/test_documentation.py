"""Pages go stale in silence, unless what they name is looked up."""

import re
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SRC, DOCS = ROOT / "src", ROOT / "docs"
DECISIONS = DOCS / "decisions"
PAGES = [
    str(path.relative_to(ROOT))
    for path in sorted(chain(ROOT.glob("*.md"), DOCS.rglob("*.md")))
    if path.name != "CHANGELOG.md"  # speaks of what was
]
EACH_PAGE = pytest.mark.parametrize("page", PAGES)

_LINK = re.compile(r"\]\((?!https?://|mailto:)([^)\s#]*)(?:#([^)\s]+))?\)")
_TITLE = re.compile(r"^#+ (.+)$", re.MULTILINE)
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_PATH = re.compile(
    r"`(?!application/(?:json|problem)|deploy/secrets/)"
    r"((?:src|tests|docs|deploy|observability|domain|application|adapters|entrypoints)/"
    r"[^`\s*<>{}:]+)`"
)
TO_BE_WRITTEN = {"src/application/user/greet.py", "tests/unit/application/test_greet.py"}
"""What the guide to a feature has its reader write."""


def text_of(page: str) -> str:
    return (ROOT / page).read_text()


def page_of(file: Path) -> str:
    return str(file.resolve().relative_to(ROOT))


def anchors(page: str) -> set[str]:
    """Give the anchors of a page's titles, as GitHub makes them."""
    titles = _TITLE.findall(_FENCED.sub("", text_of(page)))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@EACH_PAGE
def test_a_link_leads_somewhere(page: str) -> None:
    for target, anchor in _LINK.findall(_FENCED.sub("", text_of(page))):
        file = (ROOT / page).parent / target if target else ROOT / page
        assert file.exists(), target
        if anchor:
            assert anchor in anchors(page_of(file)), f"{target}#{anchor}"


@EACH_PAGE
def test_a_path_that_is_named_exists(page: str) -> None:
    for name in set(_PATH.findall(text_of(page))) - TO_BE_WRITTEN:
        assert (ROOT / name).exists() or (SRC / name).exists(), name


def commands(text: str) -> list[str]:
    found: list[str] = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return found


def test_the_readme_begins_with_its_two_commands_and_stays_short() -> None:
    readme = text_of("README.md")
    first, second = commands(readme)[:2]

    # In an environment of uv's own: systems refuse `pip install` into theirs (PEP 668), and
    # `uv run` replaces `.venv`, with the uv in it, where its Python is too old.
    set_up = "python3 -m venv .uv && .uv/bin/pip install uv && "
    assert first == f"{set_up}.uv/bin/uv run armature serve\n"
    assert second == f"{set_up}.uv/bin/uv run just test\n"
    assert len(readme.splitlines()) < 150


def test_ci_runs_what_the_readme_says_and_then_the_linters() -> None:
    second = commands(text_of("README.md"))[1]
    script = (ROOT / ".ci" / "run").read_text()

    assert script.endswith(f"\n\n{second}.uv/bin/uv run just lint\n")
    assert second in text_of("CONTRIBUTING.md")


def test_adding_a_use_case_takes_ten_steps() -> None:
    assert len(re.findall(r"^\d+\. ", text_of("README.md"), re.MULTILINE)) == 10


def test_the_index_has_every_decision_by_its_title() -> None:
    line = re.compile(r"^\| \[(.+)\]\((.+)\) \| .+ \|$", re.MULTILINE)
    index = line.findall(text_of("docs/decisions/README.md"))
    there = [each for each in index if (DECISIONS / each[1]).exists()]

    assert there == [
        (path.read_text().splitlines()[0].removeprefix("# "), path.name)
        for path in sorted(DECISIONS.glob("[0-9]*.md"))
    ]


DRAWN = re.findall(r'data-of="([^"]+)">([^<]+)<', text_of("docs/hexagon.svg"))
"""What each name in the picture stands for, and the name."""


@pytest.mark.parametrize(("path", "name"), DRAWN)
def test_what_the_picture_names_exists(path: str, name: str) -> None:
    file = ROOT / path
    if file.suffix == ".py" and file.name != name:
        assert f"\nclass {name}" in file.read_text()
    else:
        assert file.exists()
        assert file.name == name


@pytest.mark.parametrize("layer", ["domain", "application", "adapters", "entrypoints"])
def test_the_picture_and_the_tour_name_every_folder(layer: str) -> None:
    folders = {path.parent.name for path in (SRC / layer).glob("*/__init__.py")}
    names = {name for path, name in DRAWN if path.startswith(f"src/{layer}/")}
    tour = set(
        re.findall(
            r"[a-z_0-9]+", " ".join(re.findall(r"`[^`\n]+`", text_of("docs/architecture.md")))
        )
    )

    assert folders - {"ports"} <= names
    assert folders <= tour
