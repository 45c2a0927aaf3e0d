"""The rules for the Prometheus operator: `python -m tests.deploy.prometheus_rule` writes them."""

from functools import cache

import yaml

from tests.deploy.files import KUBERNETES, Object
from tests.security.tools import ROOT

FILE = KUBERNETES / "components" / "monitoring" / "prometheus-rule.yaml"
_HEAD = "# Written by `just docs` from observability/rules; change it there.\n"


@cache
def rule_groups() -> list[Object]:
    """Give the groups as Prometheus has them."""
    rules = ROOT / "observability" / "rules"
    return [
        group
        for name in ("recording.yml", "alerts.yml")
        for group in yaml.safe_load((rules / name).read_text())["groups"]
    ]


def prometheus_rule() -> str:
    """Give the file; Kustomize wraps nothing, so it is committed, and a test compares it."""
    rule = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "armature", "namespace": "armature"},
        "spec": {"groups": rule_groups()},
    }
    return _HEAD + str(yaml.safe_dump(rule, sort_keys=False, width=1000))


if __name__ == "__main__":
    FILE.write_text(prometheus_rule())
