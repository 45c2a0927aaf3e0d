from datetime import date
from pathlib import Path

import pytest

from deploy import release
from deploy.release import NotReleasableError, git

TODAY = date(2026, 3, 1)
PASSES = (("true",),)
CHANGELOG = """# Changelog

## Unreleased

### Added
- What is new.

## 1.1.0 - 2026-01-01

- What was new then.
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository at version 1.1.0, in which something is unreleased."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Ann")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "ann@example.org")
    base = tmp_path / "deploy" / "kubernetes" / "base"
    base.mkdir(parents=True)
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.1.0"\nx = ["y>=1.1.0"]\n')
    (base / "kustomization.yaml").write_text("images:\n  - name: a\n    newTag: 1.1.0 # moved\n")
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "Begin")
    return tmp_path


def test_a_release_is_committed_and_tagged(root: Path) -> None:
    release.release("1.2.0", root, TODAY, PASSES)

    assert git(root, "status", "--porcelain") == ""
    assert git(root, "log", "--format=%s") == "Release 1.2.0\nBegin"
    assert git(root, "cat-file", "-t", "v1.2.0") == "tag"
    assert git(root, "rev-parse", "v1.2.0^{commit}") == git(root, "rev-parse", "HEAD")
    # A line that begins with # is no comment of git's.
    assert "### Added\n- What is new." in git(root, "tag", "--list", "--format=%(contents)")
    assert 'version = "1.2.0"\nx = ["y>=1.1.0"]' in (root / "pyproject.toml").read_text()
    assert "newTag: 1.2.0 # moved" in git(
        root, "show", "HEAD:deploy/kubernetes/base/kustomization.yaml"
    )


def test_what_was_unreleased_stands_under_the_version(root: Path) -> None:
    release.release("1.2.0", root, TODAY, PASSES)

    changelog = (root / "CHANGELOG.md").read_text()
    assert "## Unreleased\n\n## 1.2.0 - 2026-03-01\n\n### Added\n- What is new.\n\n## 1.1.0" in (
        changelog
    )
    assert release.notes(changelog, "1.1.0") == "- What was new then."


@pytest.mark.parametrize("version", ["1.2", "v1.2.0", "1.2.0-rc1", "01.2.0", "1.2.0\n"])
def test_a_version_has_three_numbers(root: Path, version: str) -> None:
    with pytest.raises(NotReleasableError, match="write it as"):
        release.release(version, root, TODAY, PASSES)


@pytest.mark.parametrize("version", ["1.0.9", "0.99.0"])
def test_versions_only_grow(root: Path, version: str) -> None:
    with pytest.raises(NotReleasableError, match="is below"):
        release.release(version, root, TODAY, PASSES)


def test_versions_are_compared_as_numbers(root: Path) -> None:
    release.release("1.10.0", root, TODAY, PASSES)

    assert git(root, "tag", "--list") == "v1.10.0"


def test_the_first_release_is_what_the_project_began_with(root: Path) -> None:
    first = CHANGELOG.partition("## 1.1.0")[0]
    (root / "CHANGELOG.md").write_text(first)
    git(root, "commit", "--quiet", "--all", "--message", "Begin anew")

    release.release("1.1.0", root, TODAY, PASSES)

    assert git(root, "tag", "--list") == "v1.1.0"


def test_a_version_is_told_of_once(root: Path) -> None:
    with pytest.raises(NotReleasableError, match="has a section for"):
        release.release("1.1.0", root, TODAY, PASSES)


def test_nothing_is_released_from_another_branch(root: Path) -> None:
    git(root, "switch", "--quiet", "--create", "feature")

    with pytest.raises(NotReleasableError, match="on main"):
        release.release("1.2.0", root, TODAY, PASSES)


def test_nothing_is_released_beside_uncommitted_changes(root: Path) -> None:
    (root / "new.py").touch()

    with pytest.raises(NotReleasableError, match="not committed"):
        release.release("1.2.0", root, TODAY, PASSES)


def test_a_tag_that_is_there_is_left_alone(root: Path) -> None:
    git(root, "tag", "v1.2.0")

    with pytest.raises(NotReleasableError, match="there already"):
        release.release("1.2.0", root, TODAY, PASSES)


@pytest.mark.parametrize(
    ("changelog", "said"),
    [
        (CHANGELOG.replace("- What is new.\n", ""), "nothing stands"),
        (CHANGELOG.replace("## Unreleased", "## Soon"), "no section"),
    ],
)
def test_a_release_has_something_to_tell(root: Path, changelog: str, said: str) -> None:
    (root / "CHANGELOG.md").write_text(changelog)
    git(root, "commit", "--quiet", "--all", "--message", "Change")

    with pytest.raises(NotReleasableError, match=said):
        release.release("1.2.0", root, TODAY, PASSES)


def test_a_red_tree_is_left_as_it_is(root: Path) -> None:
    with pytest.raises(NotReleasableError, match="`false` fails"):
        release.release("1.2.0", root, TODAY, [["false"]])

    assert git(root, "log", "--format=%s") == "Begin"
    assert git(root, "status", "--porcelain") == ""
    assert git(root, "tag", "--list") == ""


def test_what_is_in_the_way_is_one_line(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "new.py").touch()

    assert release.main(["1.2.0"], root) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_the_notes_of_a_release_are_printed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert release.main(["--notes", "1.1.0"], root) == 0
    assert capsys.readouterr().out == "- What was new then.\n"


def test_the_cluster_gets_the_version_of_the_project() -> None:
    texts = [(release.ROOT / name).read_text() for name in release.PINNED]
    found = [
        pattern.search(text) for pattern, text in zip(release.PINNED.values(), texts, strict=True)
    ]

    assert [each and each[0].split(each[1])[1].strip('"') for each in found] == ["0.1.0"] * 2
