"""What keeps pods apart from the node, from each other and from an outage."""

from collections.abc import Iterator

from entrypoints.http.routes.health import live, ready
from tests.deploy.files import Object
from tests.deploy.pods import container_of, labels_of, named, of_kind, only, pod_of, templates

_CONTAINER = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "capabilities": {"drop": ["ALL"]},
}


def pods_are_restricted(objects: list[Object]) -> Iterator[str]:
    labels = only(objects, "Namespace")["metadata"]["labels"]
    if labels.get("pod-security.kubernetes.io/enforce") != "restricted":
        yield "the namespace does not enforce restricted pod security"
    for owner in templates(objects):
        pod, container = pod_of(owner), container_of(owner)
        context = pod["securityContext"]
        numeric = isinstance(context.get("runAsUser"), int) and context["runAsUser"] > 0
        if not numeric or not context.get("runAsNonRoot"):
            yield f"{named(owner)}: it may run as root"
        if context.get("seccompProfile") != {"type": "RuntimeDefault"}:
            yield f"{named(owner)}: seccomp is not RuntimeDefault"
        if container["securityContext"] != _CONTAINER:
            yield f"{named(owner)}: the container may do more than it has to"
        if pod.get("automountServiceAccountToken") is not False:
            yield f"{named(owner)}: it gets a token of the cluster"
        writable = [each["name"] for each in pod["volumes"] if "emptyDir" in each]
        mounted = {each["name"]: each["mountPath"] for each in container["volumeMounts"]}
        if [mounted[name] for name in writable] != ["/tmp"]:  # noqa: S108 - of a pod
            yield f"{named(owner)}: what can be written is not /tmp alone"


def resources_are_bounded(objects: list[Object]) -> Iterator[str]:
    bound = {"cpu": "500m", "memory": "512Mi"}
    for owner in templates(objects):
        if container_of(owner)["resources"] != {"requests": bound, "limits": bound}:
            yield f"{named(owner)}: requests and limits are not {bound}"


def selectors_find_pods(objects: list[Object]) -> Iterator[str]:
    deployment = only(objects, "Deployment")
    pods, job = labels_of(deployment).items(), labels_of(only(objects, "Job")).items()
    selectors = {
        "Deployment": deployment["spec"]["selector"]["matchLabels"],
        "Service": only(objects, "Service")["spec"]["selector"],
        "PodDisruptionBudget": only(objects, "PodDisruptionBudget")["spec"]["selector"][
            "matchLabels"
        ],
    }
    for each in pod_of(deployment)["topologySpreadConstraints"]:
        selectors[each["topologyKey"]] = each["labelSelector"]["matchLabels"]
    for kind, selector in selectors.items():
        if not selector.items() <= pods:
            yield f"the selector of {kind} does not find the pods"
        if selector.items() <= job:
            yield f"the selector of {kind} finds the migration"
    service = only(objects, "Service")["metadata"]["labels"].items()
    for monitor in of_kind(objects, "ServiceMonitor"):
        if not monitor["spec"]["selector"]["matchLabels"].items() <= service:
            yield "the ServiceMonitor does not find the Service"


def one_image_and_one_namespace(objects: list[Object]) -> Iterator[str]:
    images = {container_of(owner)["image"] for owner in templates(objects)}
    if len(images) != 1:
        yield f"migration and service are of different images: {sorted(images)}"
    namespace = only(objects, "Namespace")["metadata"]["name"]
    for each in objects:
        if each["kind"] != "Namespace" and each["metadata"].get("namespace") != namespace:
            yield f"{named(each)} is not in {namespace}"


def nothing_gets_through_unnamed(objects: list[Object]) -> Iterator[str]:
    policies = [each["spec"] for each in of_kind(objects, "NetworkPolicy")]
    deny = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    if deny not in policies:
        yield "nothing is denied by default"
    for policy in policies:
        for rule in [*policy.get("ingress", ()), *policy.get("egress", ())]:
            if not rule.get("ports") or not (rule.get("from") or rule.get("to")):
                yield "a network policy lets everybody, or every port, through"


def the_autoscaler_rules_alone(objects: list[Object]) -> Iterator[str]:
    scalers = of_kind(objects, "HorizontalPodAutoscaler")
    replicas = only(objects, "Deployment")["spec"].get("replicas")
    if replicas != (None if scalers else 3):
        yield f"replicas are {replicas}, with {len(scalers)} autoscalers"
    for scaler in scalers:
        spec = scaler["spec"]
        wanted = {
            each["resource"]["name"]: each["resource"]["target"]["averageUtilization"]
            for each in spec["metrics"]
        }
        if (spec["minReplicas"], spec["maxReplicas"]) != (2, 10) or wanted != {
            "cpu": 70,
            "memory": 80,
        }:
            yield f"the autoscaler goes by {wanted}"
        if spec["behavior"]["scaleDown"]["stabilizationWindowSeconds"] < 300:
            yield "the autoscaler takes pods away too soon"


def the_ingress_has_tls(objects: list[Object]) -> Iterator[str]:
    spec = only(objects, "Ingress")["spec"]
    hosts = {rule["host"] for rule in spec["rules"]}
    if {host for tls in spec["tls"] for host in tls["hosts"]} != hosts:
        yield "a host of the Ingress has no TLS"
    config = only(objects, "ConfigMap")["data"]
    if set(config["ALLOWED_HOSTS"].split(",")) != hosts:
        yield "ALLOWED_HOSTS are not the hosts of the Ingress"
    served = {
        path["backend"]["service"]["port"]["name"]
        for rule in spec["rules"]
        for path in rule["http"]["paths"]
    }
    if served != {"http"}:
        yield "the Ingress shows more than the API"
    paths = [path for rule in spec["rules"] for path in rule["http"]["paths"]]
    if any(_leads_to(path, probe) for path in paths for probe in (*live.paths, *ready.paths)):
        yield "the Ingress shows the probes"


def _leads_to(path: Object, probe: str) -> bool:
    """Whether a path of an Ingress matches, by the rules of its `pathType`."""
    if path["pathType"] == "Exact":
        return bool(path["path"] == probe)
    return f"{probe}/".startswith(f"{path['path'].rstrip('/')}/")
