"""The order of a rollout, with a kubectl that only writes down what it is told."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.security.tools import ROOT

DIGEST = f"ghcr.io/ann/armature@sha256:{'0' * 64}"
KUBECTL = """#!/usr/bin/env bash
printf '%s\\n' "$*" >>"$KUBECTL_SAID"
case "$*" in
  kustomize*) cat "$2/kustomization.yaml" >>"$KUBECTL_SAID"
    printf 'kind: Namespace\\nmetadata:\\n  name: there\\n---\\n'
    image=$(sed -nE 's/.*newName: "(.*)", digest: "(.*)".*/\\1@\\2/p' "$2/kustomization.yaml")
    printf '  image: %s\\n' "${image:-ghcr.io/bob/armature:0.1.0}" ;;
  *Complete*) [[ $KUBECTL_ENDS == failed ]] || printf True ;;
  *Failed*) [[ $KUBECTL_ENDS != failed ]] || printf True ;;
  *"rollout status"*) [[ $KUBECTL_ENDS != unready ]] ;;
esac
"""


def rollout(tmp_path: Path, *arguments: str, ends: str = "well") -> tuple[int, str, str]:
    """Give its exit code, what kubectl was told, and what it said itself."""
    (tmp_path / "kubectl").write_text(KUBECTL)
    (tmp_path / "kubectl").chmod(0o755)
    said = tmp_path / "said"
    said.touch()
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [ROOT / "deploy" / "rollout", *arguments],
        env=os.environ | {"PATH": path, "KUBECTL_SAID": str(said), "KUBECTL_ENDS": ends},
        capture_output=True,
        check=False,
        text=True,
        timeout=30,
    )
    return done.returncode, said.read_text(), done.stderr


def test_the_migration_is_through_before_the_service_changes(tmp_path: Path) -> None:
    code, said, _ = rollout(tmp_path, "staging", DIGEST)

    steps = [
        "notin (api, migration)",
        "delete job",
        "=migration",
        "get job",
        "=api",
        "rollout status",
    ]
    places = [said.index(step) for step in steps]
    assert code == 0
    assert places == sorted(places)
    assert f'digest: "{DIGEST.partition("@")[2]}"' in said
    assert 'name: "ghcr.io/bob/armature", newName: "ghcr.io/ann/armature"' in said
    assert "--namespace there rollout status" in said


def test_a_failed_migration_leaves_the_service_alone(tmp_path: Path) -> None:
    code, said, error = rollout(tmp_path, "staging", ends="failed")

    assert code == 1
    assert "component=api" not in said
    assert "the migration did not come through" in error


def test_pods_that_do_not_become_ready_are_taken_back(tmp_path: Path) -> None:
    code, said, error = rollout(tmp_path, "production", DIGEST, ends="unready")

    assert code == 1
    assert said.endswith("rollout undo deployment/armature\n")
    assert "did not become ready" in error


@pytest.mark.parametrize("arguments", [("nowhere",), ("staging", "armature:latest")])
def test_what_cannot_be_meant_changes_nothing(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    code, said, _ = rollout(tmp_path, *arguments)

    assert code == 2
    assert said == ""
