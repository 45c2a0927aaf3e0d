"""Where the files of a deployment are, and what a stage comes to."""

import subprocess
from typing import Any

import yaml

from tests.security.tools import ROOT

KUBERNETES = ROOT / "deploy" / "kubernetes"
OVERLAYS = ("staging", "production")
COMPOSE = tuple(sorted((ROOT / "deploy").glob("compose*.yaml")))
WORKFLOWS = ROOT / ".github" / "workflows"

Object = dict[str, Any]
"""An object of Kubernetes, as YAML has it."""


class NotRenderedError(Exception):
    """kubectl is missing, or could not make objects of the files; the message says why."""


def render(overlay: str) -> str:
    """Give an overlay as it would be applied. Raises NotRenderedError."""
    try:
        done = subprocess.run(
            ["kubectl", "kustomize", KUBERNETES / "overlays" / overlay],
            capture_output=True,
            check=False,
            text=True,
            timeout=60,
        )
    except OSError as error:
        raise NotRenderedError(
            "kubectl is missing: install the package kubectl, or kubernetes-client"
        ) from error
    if done.returncode:
        raise NotRenderedError(done.stderr.strip()[-500:])
    return done.stdout


def objects(text: str) -> list[Object]:
    return [each for each in yaml.safe_load_all(text) if each]
