"""deploy/compose.yaml against the code: its settings, its ports, its way to start and to stop."""

import re
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from adapters.config.variables import VARIABLES
from tests.unit.settings import some_settings

ROOT: Final = Path(__file__).parents[2]
COMPOSE: Final[dict[str, Any]] = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())
SERVICES: Final[dict[str, dict[str, Any]]] = COMPOSE["services"]
PROXY: Final = (ROOT / "deploy/haproxy.cfg").read_text()
OURS: Final = ("armature", "migration")
NAMES: Final = {variable.name for variable in VARIABLES}


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_one_that_the_service_knows(name: str) -> None:
    given = {each.removesuffix("_FILE") for each in SERVICES[name]["environment"]}

    assert {each for each in given - NAMES if not each.startswith("OTEL_")} == set()


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_is_restricted(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
    assert "privileged" not in service


@pytest.mark.parametrize("name", [name for name in SERVICES if name not in OURS])
def test_images_of_others_are_pinned_and_run_as_a_number_that_is_not_root(name: str) -> None:
    _, _, tag = SERVICES[name]["image"].partition(":")

    assert any(char.isdigit() for char in tag)
    assert not SERVICES[name]["user"].startswith("0:")


def test_a_start_waits_for_what_it_needs() -> None:
    def condition(service: str, on: str) -> str:
        return str(SERVICES[service]["depends_on"][on]["condition"])

    assert condition("migration", "postgres") == "service_healthy"
    assert condition("armature", "migration") == "service_completed_successfully"
    assert condition("armature", "redis") == "service_healthy"
    assert condition("proxy", "armature") == "service_healthy"


def test_the_service_has_two_replicas_and_the_migration_runs_once() -> None:
    assert SERVICES["armature"]["deploy"]["replicas"] == 2
    assert SERVICES["migration"]["command"] == ["db", "upgrade"]
    assert SERVICES["migration"]["restart"] == "no"
    assert SERVICES["armature"]["image"] == SERVICES["migration"]["image"]


def seconds(text: str) -> timedelta:
    return timedelta(seconds=int(text.removesuffix("s")))


def test_a_stop_has_longer_than_a_drain_may_take() -> None:
    replica = SERVICES["armature"]
    drain = seconds(replica["environment"]["DRAIN_DELAY"])

    grace = seconds(replica["stop_grace_period"])

    assert grace > drain + some_settings().shutdown_timeout


def test_a_drain_lasts_until_the_proxy_has_seen_it() -> None:
    (checks,) = re.findall(r" check inter (\d+s) fall (\d+) ", PROXY)

    assert seconds(checks[0]) * int(checks[1]) < seconds(
        SERVICES["armature"]["environment"]["DRAIN_DELAY"]
    )


def test_secrets_are_files_and_each_is_made_by_the_script() -> None:
    script = (ROOT / "deploy/secrets.sh").read_text()

    for name, secret in COMPOSE["secrets"].items():
        assert secret == {"file": f"./secrets/{name}"}
        assert name in script
    for service in SERVICES.values():
        assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])
        for key, value in service.get("environment", {}).items():
            assert not any(word in key for word in ("PASSWORD", "SECRET")) or "/run/" in value
    assert "deploy/secrets/" in (ROOT / ".gitignore").read_text().split()


def test_databases_are_out_of_reach_from_outside() -> None:
    assert COMPOSE["networks"]["data"]["internal"] is True
    for name in ("postgres", "redis"):
        assert SERVICES[name]["networks"] == ["data"]
        assert "ports" not in SERVICES[name]


def test_only_the_proxy_is_published_beyond_this_machine() -> None:
    for name, service in SERVICES.items():
        for port in service.get("ports", ()):
            assert name == "proxy" or port.startswith("127.0.0.1:"), (name, port)


def test_the_proxies_that_are_trusted_are_those_of_the_edge() -> None:
    subnet = COMPOSE["networks"]["edge"]["ipam"]["config"][0]["subnet"]

    assert SERVICES["armature"]["environment"]["TRUSTED_PROXIES"] == subnet
    members = {name for name, each in SERVICES.items() if "edge" in each.get("networks", ())}
    assert members == {"proxy", "armature"}


def test_the_range_of_the_edge_is_none_that_the_engine_gives_away() -> None:
    """Docker's own pools: https://docs.docker.com/engine/network/#automatic-subnet-allocation"""
    pools = [ip_network(f"172.{second}.0.0/16") for second in range(17, 32)]
    subnet = COMPOSE["networks"]["edge"]["ipam"]["config"][0]["subnet"]
    default = ip_network(subnet.partition(":-")[2].removesuffix("}"))

    assert default.is_private
    assert not any(default.overlaps(each) for each in (*pools, ip_network("192.168.0.0/16")))


def test_proxy_and_prometheus_ask_at_the_ports_of_the_settings() -> None:
    http = some_settings().http
    prometheus = yaml.safe_load((ROOT / "observability/prometheus.yml").read_text())
    (found,) = prometheus["scrape_configs"][0]["dns_sd_configs"]

    assert f" armature:{http.port} " in PROXY
    assert (found["names"], found["port"]) == (["armature"], http.metrics_port)


def test_the_proxy_believes_no_caller_and_asks_the_probe_that_drains() -> None:
    assert "http-request set-header X-Forwarded-For %[src]" in PROXY
    assert "http-request set-header X-Forwarded-Proto https" in PROXY
    assert "http-request del-header Forwarded" in PROXY
    assert "uri /health/ready" in PROXY


def test_no_caller_reaches_a_probe_through_the_proxy() -> None:
    tls = PROXY.partition("frontend tls")[2].partition("\nbackend armature")[0]

    assert "http-request return status 404 if { path,url_dec -m beg /health/ }" in tls
    assert tls.index("return status 404") < tls.index("default_backend")


def test_the_proxy_repeats_only_what_changes_nothing() -> None:
    assert "retry-on conn-failure empty-response" in PROXY
    assert "http-request disable-l7-retry unless METH_GET" in PROXY


def test_files_that_are_mounted_are_there() -> None:
    for name, service in SERVICES.items():
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            if source.startswith("."):
                assert (ROOT / "deploy" / source).exists(), (name, source)
            else:
                assert source in COMPOSE["volumes"]
