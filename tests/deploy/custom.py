"""Objects of operators, which Kubernetes has no schema of: checked for what we use of them."""

from collections.abc import Iterator
from typing import Final

from tests.deploy.files import KUBERNETES, Object, objects
from tests.deploy.pods import container_of, named, of_kind, only, templates
from tests.deploy.prometheus_rule import rule_groups
from tests.security.tools import ROOT

KINDS: Final = {
    "ServiceMonitor": ("monitoring.coreos.com/v1", {"selector", "endpoints"}),
    "PrometheusRule": ("monitoring.coreos.com/v1", {"groups"}),
    "ExternalSecret": (
        "external-secrets.io/v1",
        {"refreshInterval", "secretStoreRef", "target", "data"},
    ),
}
"""The version of each, and what its `spec` has."""
EXAMPLE: Final = KUBERNETES / "examples" / "external-secret.yaml"


def known(each: Object) -> bool:
    """Whether it is one of these, as its operator would take it."""
    version, fields = KINDS.get(each["kind"], ("", set()))
    return each["apiVersion"] == version and set(each["spec"]) == fields


def the_monitor_asks_for_metrics(all_: list[Object]) -> Iterator[str]:
    ports = {each["name"] for each in only(all_, "Service")["spec"]["ports"]}
    for monitor in of_kind(all_, "ServiceMonitor"):
        asked = [(each["port"], each["path"]) for each in monitor["spec"]["endpoints"]]
        if not known(monitor) or asked != [("metrics", "/metrics")] or "metrics" not in ports:
            yield f"{named(monitor)} asks for {asked}"


def rules_are_those_of_prometheus(all_: list[Object]) -> Iterator[str]:
    """And each alert leads to a page that is there."""
    groups = rule_groups()
    for rule in of_kind(all_, "PrometheusRule"):
        if not known(rule) or rule["spec"]["groups"] != groups:
            yield f"{named(rule)} is not observability/rules: run `just docs`"
    pages = (ROOT / "docs" / "runbook.md").read_text().lower()
    for alert in (each for group in groups for each in group["rules"] if "alert" in each):
        anchor = alert["annotations"]["runbook_url"].removeprefix("docs/runbook.md#")
        if f"\n## {anchor}\n" not in pages:
            yield f"{alert['alert']} has no page in the runbook"


def the_example_has_every_secret(all_: list[Object]) -> Iterator[str]:
    (example,) = objects(EXAMPLE.read_text())
    target = example["spec"]["target"]["name"]
    given = {each["secretKey"] for each in example["spec"]["data"]}
    if not known(example):
        yield f"{named(example)} is none of its operator"
    for owner in templates(all_):
        volumes = owner["spec"]["template"]["spec"]["volumes"]
        wanted = {each["secret"]["secretName"] for each in volumes if "secret" in each}
        read = {each["value"].rpartition("/")[2] for each in container_of(owner)["env"]}
        if wanted != {target} or read != given:
            yield f"{named(owner)} reads {sorted(read)}, and is given {sorted(given)}"
