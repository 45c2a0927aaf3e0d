"""What has to be true of a stage's objects, whatever stage it is.

Each fact gives a sentence for everything that is not so.
"""

import re
from collections.abc import Callable, Iterator
from secrets import token_hex

from adapters.config.environment import load_settings
from adapters.config.sources import collect
from adapters.config.variables import VARIABLES
from application.invalid_settings import InvalidSettings
from application.ports.password_hasher import IMPORT_FACTOR
from application.settings import Settings
from entrypoints.http.routes.health import live, ready
from tests.deploy import custom, safety
from tests.deploy.files import Object
from tests.deploy.pods import (
    config_of,
    container_of,
    named,
    of_kind,
    only,
    pod_of,
    templates,
)

Fact = Callable[[list[Object]], Iterator[str]]
_CONNECTIONS, _OTHERS = 97, 7
"""Of PostgreSQL as it comes, and of these what is left to migrations, commands and people."""
_SPARE = 5
"""Seconds for pools to close, after the drain and the last calls."""
_IMPORTS = 30
"""Seconds for a busy node to start Python in, before the service waits for its database."""


def settings_of(objects: list[Object]) -> Settings:
    """What the service would start with, with secrets made up. Raises InvalidSettings."""
    made_up = {
        "DATABASE_URL": f"postgresql://app:{token_hex()}@db/app",
        "REDIS_URL": f"redis://:{token_hex()}@cache",
        "JWT_SECRET": token_hex(),
    }
    config = config_of(objects, only(objects, "Deployment"))
    known = {name: value for name, value in config.items() if not name.startswith("OTEL_")}
    return load_settings(made_up | known).settings


def the_service_would_start(objects: list[Object]) -> Iterator[str]:
    try:
        settings_of(objects)
    except InvalidSettings as error:
        yield from error.problems


def every_variable_is_known(objects: list[Object]) -> Iterator[str]:
    known = {variable.name for variable in VARIABLES}
    for owner in templates(objects):
        variables = [*config_of(objects, owner)]
        variables += [each["name"].removesuffix("_FILE") for each in container_of(owner)["env"]]
        for name in variables:
            if name not in known and not name.startswith("OTEL_"):
                yield f"{named(owner)}: the service knows no variable {name}"


def secrets_are_mounted_where_they_are_read(objects: list[Object]) -> Iterator[str]:
    for owner in templates(objects):
        mounts = [each["mountPath"] for each in container_of(owner)["volumeMounts"]]
        for each in container_of(owner)["env"]:
            if not each["name"].endswith("_FILE"):
                yield f"{named(owner)}: {each['name']} belongs into the ConfigMap or a file"
            elif each["value"].rpartition("/")[0] not in mounts:
                yield f"{named(owner)}: nothing is mounted at {each['value']}"
    if of_kind(objects, "Secret"):
        yield "a Secret stands in the repository"


def ports_agree(objects: list[Object]) -> Iterator[str]:
    texts, _ = collect(config_of(objects, only(objects, "Deployment")), None)
    meant = {"http": int(texts["HTTP_PORT"].value), "metrics": int(texts["METRICS_PORT"].value)}
    container = container_of(only(objects, "Deployment"))
    if {each["name"]: each["containerPort"] for each in container["ports"]} != meant:
        yield f"the container's ports are not those of the settings: {meant}"
    service = only(objects, "Service")["spec"]["ports"]
    if {each["targetPort"]: each["port"] for each in service} != meant | {"http": 80}:
        yield "the Service does not lead 80 to http, and to metrics as it is"
    let_in = {
        port["port"]
        for policy in of_kind(objects, "NetworkPolicy")
        for rule in policy["spec"].get("ingress", ())
        for port in rule["ports"]
    }
    if let_in != set(meant.values()):
        yield f"the network policies let in {sorted(let_in)}"


def probes_hit_routes(objects: list[Object]) -> Iterator[str]:
    routes = {*live.paths, *ready.paths}
    container = container_of(only(objects, "Deployment"))
    for kind, path in (("startup", "live"), ("liveness", "live"), ("readiness", "ready")):
        asked = container[f"{kind}Probe"]["httpGet"]
        if asked != {"path": f"/health/{path}", "port": "http"} or asked["path"] not in routes:
            yield f"the {kind} probe asks {asked}"


def the_start_has_time(objects: list[Object]) -> Iterator[str]:
    """Who waits for a database is not started anew for that."""
    needed = settings_of(objects).startup_timeout.total_seconds() + _IMPORTS
    probe = container_of(only(objects, "Deployment"))["startupProbe"]
    given = probe["failureThreshold"] * probe["periodSeconds"]
    if given < needed:
        yield f"the startup probe gives up after {given} s, and {needed:.0f} are needed"


def the_end_has_time(objects: list[Object]) -> Iterator[str]:
    settings = settings_of(objects)
    needed = (settings.drain_delay + settings.shutdown_timeout).total_seconds() + _SPARE
    given = pod_of(only(objects, "Deployment"))["terminationGracePeriodSeconds"]
    if given < needed:
        yield f"terminationGracePeriodSeconds is {given}, and {needed:.0f} are needed"


def hashing_fits_into_memory(objects: list[Object]) -> Iterator[str]:
    """A process has 120 MiB, a hashing thread what Argon2id takes, foreign hashes four times it."""
    settings = settings_of(objects)
    limits = container_of(only(objects, "Deployment"))["resources"]["limits"]
    cpu, memory = (int(re.sub(r"\D", "", limits[name])) for name in ("cpu", "memory"))
    match = re.search(r"m=(\d+)", settings.passwords.hasher)
    threads = max(1, -(-cpu // 1000))
    hashing = (threads + IMPORT_FACTOR) * int(match[1] if match else 0) / 1024
    needed = 120 + settings.http.workers * (120 + hashing)
    if needed > memory:
        yield f"{needed:.0f} MiB are needed, and {memory} allowed"


def connections_suffice(objects: list[Object]) -> Iterator[str]:
    """Of PostgreSQL's 100, 3 are its superuser's; in a rollout there are twice as many pods.

    Pods that drain are in nobody's count of replicas, and hold theirs until they end.
    """
    settings = settings_of(objects)
    scalers = of_kind(objects, "HorizontalPodAutoscaler")
    deployment = only(objects, "Deployment")["spec"]
    pods = scalers[0]["spec"]["maxReplicas"] if scalers else deployment["replicas"]
    wanted = 2 * pods * settings.http.workers * settings.database.pool_max
    if wanted > _CONNECTIONS - _OTHERS:
        yield f"{pods} pods may want {wanted} connections in a rollout, of {_CONNECTIONS}"


FACTS: tuple[Fact, ...] = (
    the_service_would_start,
    every_variable_is_known,
    secrets_are_mounted_where_they_are_read,
    ports_agree,
    probes_hit_routes,
    the_start_has_time,
    the_end_has_time,
    hashing_fits_into_memory,
    connections_suffice,
    safety.pods_are_restricted,
    safety.resources_are_bounded,
    safety.selectors_find_pods,
    safety.one_image_and_one_namespace,
    safety.nothing_gets_through_unnamed,
    safety.the_autoscaler_rules_alone,
    safety.the_ingress_has_tls,
    custom.the_monitor_asks_for_metrics,
    custom.rules_are_those_of_prometheus,
    custom.the_example_has_every_secret,
)


def broken(objects: list[Object]) -> Iterator[str]:
    """Give a sentence for everything that is not so; what is missing is not so either."""
    for fact in FACTS:
        try:
            yield from fact(objects)
        except (InvalidSettings, IndexError, KeyError, TypeError, ValueError) as error:
            yield f"{fact.__name__}: {error!r}"
