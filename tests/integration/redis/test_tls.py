"""`rediss://`: a private CA is trusted when it is named, and nobody when it is not."""

import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
import redis
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters.redis.cache import create
from application.errors import DependencyUnavailable
from application.invalid_settings import InvalidSettings
from tests.services.proxy import RedisProxy
from tests.unit.contracts.elapsing import MINUTE
from tests.unit.settings import some_settings

pytestmark = pytest.mark.usefixtures("patient")


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody but its owner vouches for, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "private CA")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    file.write_bytes(
        certificate.public_bytes(encoding)
        + key.private_bytes(
            encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return file


@pytest.fixture
async def port(pem: Path, redis_url: str) -> AsyncIterator[int]:
    """Where TLS is ended before the run's Redis."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with redis.Redis.from_url(redis_url) as client:
        server = int(client.get_connection_kwargs()["port"])
    proxy = RedisProxy(server, context)
    async with proxy.listening():
        yield proxy.port


async def test_a_private_ca_is_trusted_where_it_is_named(port: int, pem: Path) -> None:
    cache = create(f"rediss://127.0.0.1:{port}?ssl_ca_certs={pem}", some_settings())
    await cache.set("tls", b"value", MINUTE)

    assert await cache.get("tls") == b"value"
    await cache.close()


async def test_a_server_that_nobody_vouches_for_is_an_outage(port: int) -> None:
    cache = create(f"rediss://127.0.0.1:{port}", some_settings())

    with pytest.raises(DependencyUnavailable):
        await cache.get("tls")
    await cache.close()


async def test_a_name_that_the_certificate_does_not_have_is_an_outage(port: int, pem: Path) -> None:
    cache = create(f"rediss://localhost:{port}?ssl_ca_certs={pem}", some_settings())

    with pytest.raises(DependencyUnavailable):
        await cache.get("tls")
    await cache.close()


async def test_nothing_is_verified_where_that_is_asked_for(port: int) -> None:
    cache = create(f"rediss://localhost:{port}?ssl_cert_reqs=none", some_settings())
    await cache.set("tls", b"value", MINUTE)

    assert await cache.get("tls") == b"value"
    await cache.close()


def test_a_key_that_only_a_password_opens_is_refused_at_the_start(
    pem: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.pem"
    other.write_bytes(
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )

    with pytest.raises(InvalidSettings, match=r"^CACHE_URL: ssl_certfile, ssl_keyfile: "):
        create(f"rediss://host?ssl_certfile={pem}&ssl_keyfile={other}", some_settings())
