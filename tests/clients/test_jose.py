"""A JavaScript client that knows nothing of us but a URL verifies our tokens."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.signing.key import Algorithm
from tests.integration.processes import PATIENCE, Server, armature, serving
from tests.security.tools import install_day

HERE = Path(__file__).parent
ACCOUNT = {"email": "ann@example.com", "password": "Correct-Horse-1"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the client and what it needs, from npm's registry."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.fail(f"{program} is missing: install Node.js 20 or newer, with npm")
    folder = tmp_path_factory.mktemp("clients")
    for name in ("package.json", "verify.mjs"):
        shutil.copy(HERE / name, folder)
    done = subprocess.run(
        [
            "npm",
            "install",
            f"--before={install_day()}",
            "--no-audit",
            "--no-fund",
            "--no-package-lock",
        ],
        cwd=folder,
        env={**os.environ},
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )
    if done.returncode:
        pytest.fail(f"npm cannot install jose:\n{done.stderr}")
    return folder


@dataclass
class Client:
    process: subprocess.Popen[str]

    def verify(self, token: str) -> Any:  # noqa: ANN401 - JSON
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{token}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextmanager
def client_of(installed: Path, server: Server) -> Iterator[Client]:
    with subprocess.Popen(
        ["node", "verify.mjs", server.url],
        cwd=installed,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Client(process)
        assert process.stdin
        process.stdin.close()


@dataclass
class Service:
    folder: Path
    variables: dict[str, str]
    server: Server

    def keys(self, *arguments: str) -> Any:  # noqa: ANN401 - JSON
        code, out, err = armature(self.folder, ["keys", *arguments, "--json"], **self.variables)
        assert code == 0, err
        return json.loads(out)

    def token(self) -> str:
        answer = httpx.post(f"{self.server.url}/api/v1/auth/login", json=ACCOUNT, timeout=PATIENCE)
        token: str = answer.json()["data"]["token"]
        return token

    def accepts(self, token: str) -> bool:
        bearer = {"Authorization": f"Bearer {token}"}
        answer = httpx.get(f"{self.server.url}/api/v1/users/me", headers=bearer, timeout=PATIENCE)
        return answer.status_code == 200

    def published(self) -> list[str]:
        answer = httpx.get(f"{self.server.url}/.well-known/jwks.json", timeout=PATIENCE)
        return [key["kid"] for key in answer.json()["keys"]]


@contextmanager
def service(folder: Path, algorithm: str) -> Iterator[Service]:
    variables = {
        "APP_ENV": "test",
        "DATABASE_URL": "memory://",
        "JWT_KEYS": str(folder / "keys.json"),
        "JWT_ISSUER": "https://id.example.org",
        "JWT_AUDIENCE": "api",
    }
    code, _, err = armature(folder, ["keys", "generate", "--alg", algorithm], **variables)
    assert code == 0, err
    with serving(folder, variables) as server:
        register = f"{server.url}/api/v1/auth/register"
        assert httpx.post(register, json=ACCOUNT, timeout=PATIENCE).status_code == 201
        yield Service(folder, variables, server)


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.parametrize("algorithm", Algorithm)
def test_jose_verifies_our_tokens_through_the_published_keys(
    installed: Path, tmp_path: Path, algorithm: str
) -> None:
    with service(tmp_path, algorithm) as own, client_of(installed, own.server) as client:
        token = own.token()

        answer = client.verify(token)
        forged = client.verify(token[:-8] + "AAAAAAAA")

        (kid,) = own.published()
        assert answer["header"] == {"typ": "at+jwt", "alg": algorithm, "kid": kid}
        payload = answer["payload"]
        assert {"iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp"} == set(payload)
        assert forged["error"] == "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"


@pytest.mark.parametrize(("before", "after"), [("EdDSA", "EdDSA"), ("RS256", "ES256")])
def test_a_rotation_goes_unnoticed_by_a_client_that_keeps_the_keys(
    installed: Path, tmp_path: Path, before: str, after: str
) -> None:
    with service(tmp_path, before) as own, client_of(installed, own.server) as client:
        old_token = own.token()
        old, new = own.published()[0], own.keys("rotate", "--alg", after)["key"]["kid"]
        eventually(lambda: own.published() == [old, new])
        assert client.verify(own.token())["header"]["kid"] == old

        # The ten minutes that a new key waits are not waited for here.
        own.keys("rotate", "--now")
        eventually(lambda: own.published() == [new, old])
        new_token = own.token()

        answer = client.verify(new_token)
        assert (answer["header"]["kid"], answer["header"]["alg"]) == (new, after)
        assert "payload" in client.verify(old_token)
        assert answer["fetches"] == 1
        assert own.accepts(old_token)
        assert own.accepts(new_token)

        own.keys("retire", old, "--force")
        eventually(lambda: own.published() == [new])
        assert not own.accepts(old_token)
        with client_of(installed, own.server) as newcomer:
            assert newcomer.verify(old_token)["error"] == "ERR_JWKS_NO_MATCHING_KEY"
            assert "payload" in newcomer.verify(new_token)
