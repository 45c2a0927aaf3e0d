"""Finding one's way in objects."""

from collections.abc import Iterator
from typing import Any

from tests.deploy.files import Object


def named(object_: Object) -> str:
    return f"{object_['kind']} {object_['metadata']['name']}"


def of_kind(objects: list[Object], kind: str) -> list[Object]:
    return [each for each in objects if each["kind"] == kind]


def only(objects: list[Object], kind: str) -> Object:
    (found,) = of_kind(objects, kind)
    return found


def templates(objects: list[Object]) -> Iterator[Object]:
    """What makes pods."""
    for kind in ("Deployment", "Job"):
        yield from of_kind(objects, kind)


def pod_of(owner: Object) -> dict[str, Any]:
    found: dict[str, Any] = owner["spec"]["template"]["spec"]
    return found


def labels_of(owner: Object) -> dict[str, str]:
    found: dict[str, str] = owner["spec"]["template"]["metadata"]["labels"]
    return found


def container_of(owner: Object) -> dict[str, Any]:
    (found,) = pod_of(owner)["containers"]
    return dict(found)


def config_of(objects: list[Object], owner: Object) -> dict[str, str]:
    """The variables that its ConfigMap gives; one that is not there gives none."""
    (source,) = container_of(owner)["envFrom"]
    name = source["configMapRef"]["name"]
    for config in of_kind(objects, "ConfigMap"):
        if config["metadata"]["name"] == name:
            return dict(config["data"])
    return {}
