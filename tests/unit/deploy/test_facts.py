"""The facts, on the files as they are; `just check-deploy` asks them of what kubectl gives."""

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any

import pytest

from tests.deploy import facts
from tests.deploy.files import KUBERNETES, OVERLAYS, Object, objects
from tests.deploy.pods import container_of, of_kind, only
from tests.deploy.prometheus_rule import FILE, prometheus_rule

BASE = KUBERNETES / "base"


def variables(text: str) -> dict[str, str]:
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines)


@cache
def merged(overlay: str) -> list[Object]:
    """What kubectl would make of a stage, as far as the facts ask."""
    stage = KUBERNETES / "overlays" / overlay
    (kustomization,) = objects((stage / "kustomization.yaml").read_text())
    files = [file for file in BASE.glob("*.yaml") if file.name != "kustomization.yaml"]
    for component in kustomization["components"]:
        files += [
            file for file in (stage / component).glob("*.yaml") if file.name != "kustomization.yaml"
        ]
    found = [each for file in files for each in objects(file.read_text())]
    for each in found:
        each["metadata"]["namespace"] = kustomization["namespace"]
    only(found, "Namespace")["metadata"]["name"] = kustomization["namespace"]
    for patch in (stage / "ingress.yaml",):
        if patch.is_file():
            only(found, "Ingress")["spec"].update(objects(patch.read_text())[0]["spec"])
    if of_kind(found, "HorizontalPodAutoscaler"):
        del only(found, "Deployment")["spec"]["replicas"]
    data = variables((BASE / "settings.env").read_text())
    data |= variables((stage / "settings.env").read_text())
    metadata = {"name": "armature-settings", "namespace": kustomization["namespace"]}
    return [*found, {"kind": "ConfigMap", "metadata": metadata, "data": data}]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_fact_is_true_of_every_stage(overlay: str) -> None:
    assert [*facts.broken(merged(overlay))] == []


def container(objects_: list[Object]) -> dict[str, Any]:
    return container_of(only(objects_, "Deployment"))


def spec(objects_: list[Object], kind: str) -> dict[str, Any]:
    found: dict[str, Any] = only(objects_, kind)["spec"]
    return found


PLANTED: dict[str, tuple[Callable[[list[Object]], object], str]] = {
    "a setting that there is not": (
        lambda o: only(o, "ConfigMap")["data"].update(HTTP_PROT="1"),
        "knows no variable HTTP_PROT",
    ),
    "a setting that production refuses": (
        lambda o: only(o, "ConfigMap")["data"].update(DATABASE_POOL_MAX="none"),
        "DATABASE_POOL_MAX",
    ),
    "another port": (
        lambda o: only(o, "ConfigMap")["data"].update(HTTP_PORT="8000"),
        "ports are not those of the settings",
    ),
    "a port that nobody is let in to": (
        lambda o: of_kind(o, "NetworkPolicy")[1]["spec"]["ingress"].pop(),
        "the network policies let in",
    ),
    "a probe of another path": (
        lambda o: container(o)["livenessProbe"]["httpGet"].update(path="/healthz"),
        "the liveness probe asks",
    ),
    "a longer wait for the database": (
        lambda o: only(o, "ConfigMap")["data"].update(STARTUP_TIMEOUT="2m"),
        "the startup probe gives up after 120 s, and 150 are needed",
    ),
    "a longer drain": (
        lambda o: only(o, "ConfigMap")["data"].update(DRAIN_DELAY="30s"),
        "terminationGracePeriodSeconds is 45",
    ),
    "more hashing than memory": (
        lambda o: only(o, "ConfigMap")["data"].update(PASSWORD_HASHER="argon2id://?m=409600&t=1"),
        "MiB are needed",
    ),
    "more connections than there are": (
        lambda o: only(o, "ConfigMap")["data"].update(DATABASE_POOL_MAX="5"),
        "10 pods may want 100 connections",
    ),
    "a secret read from nowhere": (
        lambda o: container(o)["volumeMounts"].pop(),
        "nothing is mounted at",
    ),
    "a writable root": (
        lambda o: container(o)["securityContext"].update(readOnlyRootFilesystem=False),
        "may do more than it has to",
    ),
    "a token of the cluster": (
        lambda o: spec(o, "Job")["template"]["spec"].pop("automountServiceAccountToken"),
        "gets a token of the cluster",
    ),
    "a Service that finds the migration": (
        lambda o: spec(o, "Service")["selector"].pop("app.kubernetes.io/component"),
        "finds the migration",
    ),
    "nothing denied": (lambda o: o.remove(of_kind(o, "NetworkPolicy")[0]), "denied by default"),
    "replicas beside an autoscaler": (
        lambda o: spec(o, "Deployment").update(replicas=3),
        "replicas are 3",
    ),
    "a host without TLS": (lambda o: spec(o, "Ingress")["tls"].clear(), "has no TLS"),
    "probes for the world": (
        lambda o: spec(o, "Ingress")["rules"][0]["http"]["paths"][0].update(path="/"),
        "shows the probes",
    ),
    "the probe of readiness for the world": (
        lambda o: spec(o, "Ingress")["rules"][0]["http"]["paths"][-1].update(pathType="Prefix"),
        "shows the probes",
    ),
    "a host that is not answered to": (
        lambda o: only(o, "ConfigMap")["data"].update(ALLOWED_HOSTS="other.example.org"),
        "ALLOWED_HOSTS",
    ),
    "a rule that is stale": (
        lambda o: spec(o, "PrometheusRule")["groups"].pop(),
        "run `just docs`",
    ),
    "a secret that the example lacks": (lambda o: container(o)["env"].pop(), "and is given"),
    "no Service": (lambda o: o.remove(only(o, "Service")), "ValueError"),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_what_is_not_as_it_should_be_is_found(planted: str) -> None:
    change, said = PLANTED[planted]
    stage = deepcopy(merged("production"))
    change(stage)

    assert said in "\n".join(facts.broken(stage))


def test_the_rules_of_the_operator_are_current() -> None:
    assert FILE.read_text() == prometheus_rule(), "run `just docs`"
