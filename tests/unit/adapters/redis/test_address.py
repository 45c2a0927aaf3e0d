from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.redis.address import SCHEMES, Address, Topology
from adapters.redis.cache import create
from application.invalid_settings import InvalidSettings
from tests.unit.settings import some_settings


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (
            "redis://localhost",
            Address(topology=Topology.SINGLE, nodes=(("localhost", 6379),)),
        ),
        (
            "rediss://user:p%40ss@host:7000/3?max_connections=9&ssl_ca_certs=/ca.pem",
            Address(
                topology=Topology.SINGLE,
                nodes=(("host", 7000),),
                db=3,
                username="user",
                password="p@ss",
                ssl=True,
                tls=(("ssl_ca_certs", "/ca.pem"),),
                max_connections=9,
            ),
        ),
        (
            "redis://:only@[::1]:7000",
            Address(topology=Topology.SINGLE, nodes=(("::1", 7000),), password="only"),
        ),
        ("redis://[::1]/", Address(topology=Topology.SINGLE, nodes=(("::1", 6379),))),
        (
            "unix://:secret@/run/redis.sock?db=2",
            Address(topology=Topology.SINGLE, path="/run/redis.sock", db=2, password="secret"),
        ),
        (
            "redis+cluster://a:1,b,[::1]:3",
            Address(topology=Topology.CLUSTER, nodes=(("a", 1), ("b", 6379), ("::1", 3))),
        ),
        (
            "rediss+cluster://u:p@a:1/0",
            Address(
                topology=Topology.CLUSTER, nodes=(("a", 1),), username="u", password="p", ssl=True
            ),
        ),
        (
            "redis+sentinel://a,b:1/main/4?sentinel_username=s&sentinel_password=t",
            Address(
                topology=Topology.SENTINEL,
                nodes=(("a", 26379), ("b", 1)),
                service="main",
                db=4,
                sentinel_username="s",
                sentinel_password="t",
            ),
        ),
        (
            "rediss+sentinel://a/main",
            Address(topology=Topology.SENTINEL, nodes=(("a", 26379),), service="main", ssl=True),
        ),
    ],
)
def test_a_url_says_where_redis_is(url: str, address: Address) -> None:
    assert Address.parse(url) == address


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://host", "use one of the schemes"),
        ("redis+tls://host", "use one of the schemes"),
        ("redis://", "a host is missing"),
        ("redis://:6379", "a host is missing"),
        ("redis://a,b", "several hosts need"),
        ("redis+cluster://a,,b", "a host is missing"),
        ("redis://host:0", "a port is a number"),
        ("redis://host:65536", "a port is a number"),
        ("redis://host:x", "a port is a number"),
        ("redis://host:", "a port is a number"),
        ("redis://host/x", "the database is a number"),
        ("redis://host/-1", "the database is a number"),
        ("redis://host/1/2", "the database is a number"),
        ("redis://host?db=1", "no parameter 'db': write its number as the path"),
        ("redis://host?socket_timeout=99", "no parameter 'socket_timeout': leave it out"),
        ("redis://host?Password=x", "no parameter 'Password': write user:password@ before"),
        ("redis://host?ssl=true", "no parameter 'ssl': use the scheme rediss"),
        ("rediss://host?sslrootcert=/ca.pem", "'sslrootcert': write ssl_ca_certs=/path"),
        ("rediss://host?ssl_check_hostname=false", "write ssl_cert_reqs=none to verify nothing"),
        ("redis://host?prefix=x", "set REDIS_PREFIX"),
        ("redis://host?max_conections=5", "write max_connections"),
        ("redis://host?colour=red", "no parameter 'colour'; there are max_connections"),
        ("redis://:1?x@y", "has no name that could be one; there are"),
        ("redis://host?max_connections=1&max_connections=2", "given twice"),
        ("rediss://host?ssl_cert_reqs=optional", "ssl_cert_reqs is required or none"),
        ("rediss://host?ssl_cert_reqs=NONE", "ssl_cert_reqs is required or none"),
        ("redis://host?ssl_cert_reqs=none", "need a rediss scheme"),
        ("rediss://host?ssl_keyfile=/k", "ssl_keyfile needs an ssl_certfile"),
        ("rediss://host?ssl_ca_certs=/nowhere/ca.pem", "ssl_ca_certs: the file cannot be read: No"),
        ("rediss://host?ssl_ca_certs=/dev/null", "ssl_ca_certs: the file is not in PEM form"),
        ("rediss://host?ssl_certfile=/dev/null", "ssl_certfile: the file is not in PEM form"),
        ("redis://host?max_connections=0", "max_connections is a number"),
        ("redis+cluster://a/1", "database 0 only"),
        ("redis+sentinel://a", "ends in /service"),
        ("redis+sentinel://a/", "ends in /service"),
        ("unix://", "names the path"),
        ("unix:///", "names the path"),
        ("unix:///s?db=x", "db is a number"),
    ],
)
def test_a_url_that_cannot_be_is_refused_by_its_variable(url: str, said: str) -> None:
    with pytest.raises(InvalidSettings, match=f"^CACHE_URL: .*{said}") as caught:
        create(url, some_settings())

    assert "x@y" not in str(caught.value)


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_any_password_can_be_written(password: str) -> None:
    address = Address.parse(f"redis://:{quote(password, safe='')}@host")

    assert address.password == password
    assert password not in repr(address) or password in repr(Address.parse("redis://host"))


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_a_client_is_built_without_connecting(scheme: str) -> None:
    path = "///run/redis.sock" if scheme == "unix" else "//user:pass@127.0.0.1:1/main"
    cache = create(
        f"{scheme}:{path if 'sentinel' in scheme or scheme == 'unix' else path[:-5]}",
        some_settings(),
    )

    assert cache.name == "cache"
    await cache.close()
