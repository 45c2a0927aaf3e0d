"""Make a release of what is on main: `just release 1.2.0`.

Checks the tree, moves the changelog and the version, commits and tags. It pushes nothing: that
cannot be taken back. It says how.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
VERSION: Final = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
CHANGELOG: Final = "CHANGELOG.md"
PINNED: Final = {
    "pyproject.toml": re.compile(r'^(version = ")[^"]+(")$', re.MULTILINE),
    "deploy/kubernetes/base/kustomization.yaml": re.compile(r"^( +newTag: )\S+()", re.MULTILINE),
}
"""Where else the version stands."""
CHECKS: Final = (("just", "lint"), ("just", "test"))
_UNRELEASED: Final = re.compile(r"^## Unreleased\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


class NotReleasableError(Exception):
    """What has to be done first."""


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(prog="just release", description=__doc__)
    parser.add_argument("version", help="as 1.2.0")
    parser.add_argument("--notes", action="store_true", help="print what a release brought")
    options = parser.parse_args(arguments)
    try:
        if options.notes:
            print(notes((root / CHANGELOG).read_text(), options.version))
        else:
            release(options.version, root)
    except NotReleasableError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def release(
    version: str,
    root: Path,
    today: date | None = None,
    checks: Sequence[Sequence[str]] = CHECKS,
) -> None:
    """Commit and tag `version`; raises NotReleasableError before it has changed anything."""
    current = re.search(PINNED["pyproject.toml"], (root / "pyproject.toml").read_text())
    check_version(version, "" if current is None else current[0].split('"')[1])
    check_tree(version, root)
    before = (root / CHANGELOG).read_text()
    changelog = moved(before, version, today or datetime.now(UTC).date())
    for check in checks:
        if subprocess.run(check, cwd=root, check=False).returncode:
            raise NotReleasableError(f"`{' '.join(check)}` fails.")
    check_tree(version, root)  # the checks may have left something behind
    (root / CHANGELOG).write_text(changelog)
    for name, pattern in PINNED.items():
        file = root / name
        file.write_text(pattern.sub(rf"\g<1>{version}\g<2>", file.read_text(), count=1))
    git(root, "commit", "--quiet", "--message", f"Release {version}", CHANGELOG, *PINNED)
    message = f"Armature {version}\n\n{notes(changelog, version)}"
    git(root, "tag", "--annotate", f"v{version}", "--cleanup=verbatim", "--message", message)
    print(f"Release {version} is committed and tagged. Look at it: git show v{version}")
    print(f"Bring it to production:  git push --atomic origin main v{version}")


def check_version(version: str, current: str) -> None:
    new, old = VERSION.fullmatch(version), VERSION.match(current)
    if new is None:
        raise NotReleasableError(f"{version} is no version: write it as 1.2.0.")
    if old is None:
        raise NotReleasableError("pyproject.toml has no version.")
    # The same is the first release, of what pyproject.toml began with: a second has no new tag.
    if [*map(int, new.groups())] < [*map(int, old.groups())]:
        raise NotReleasableError(f"{version} is below {current}.")


def check_tree(version: str, root: Path) -> None:
    if git(root, "branch", "--show-current") != "main":
        raise NotReleasableError("releases are made on main: git switch main.")
    if git(root, "status", "--porcelain"):
        raise NotReleasableError("there are changes that are not committed: see git status.")
    if git(root, "tag", "--list", f"v{version}"):
        raise NotReleasableError(f"the tag v{version} is there already.")


def moved(changelog: str, version: str, today: date) -> str:
    """Give the changelog with all that is unreleased under `version`."""
    section = _UNRELEASED.search(changelog)
    if f"\n## {version} - " in changelog:
        raise NotReleasableError(f"{CHANGELOG} has a section for {version} already.")
    if section is None:
        raise NotReleasableError(f"{CHANGELOG} has no section `## Unreleased`.")
    entries = section[1].strip()
    if not re.search(r"^- \S", entries, re.MULTILINE):
        raise NotReleasableError(f"nothing stands under `## Unreleased` in {CHANGELOG}.")
    head, rest = changelog[: section.start()], changelog[section.end() :]
    now = f"## Unreleased\n\n## {version} - {today.isoformat()}\n\n{entries}\n"
    return f"{head}{now}\n{rest}" if rest else f"{head}{now}"


def notes(changelog: str, version: str) -> str:
    """Give what stands under `version`."""
    found = re.search(
        rf"^## {re.escape(version)} - .*?\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL
    )
    if found is None:
        raise NotReleasableError(f"{CHANGELOG} has no section for {version}.")
    return found[1].strip()


def git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            text=True,
        )
    except OSError as error:
        raise NotReleasableError(f"git cannot be run: {error.strerror}.") from error
    except subprocess.CalledProcessError as error:
        raise NotReleasableError(f"git {arguments[0]}: {error.stderr.strip()}") from error
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
