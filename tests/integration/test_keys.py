"""A running service and its file of keys."""

import base64
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.processes import PATIENCE, Server, armature, free_port, serving

ACCOUNT = {"email": "ann@example.com", "password": "Correct-Horse-1"}


@pytest.fixture
def variables(tmp_path: Path, migrated_sqlite_url: str) -> dict[str, str]:
    return {
        "APP_ENV": "test",
        "JWT_SECRET": "a secret for tests only, of enough bytes",
        "DATABASE_URL": migrated_sqlite_url,
        "PASSWORD_HASHER": "plain://",
        "CACHE_URL": "none://",
        "RATE_LIMIT_URL": "none://",
        "JWT_KEYS": str(tmp_path / "keys.json"),
    }


def keys(folder: Path, variables: dict[str, str], *arguments: str) -> Any:  # noqa: ANN401 - JSON
    code, out, err = armature(folder, ["keys", *arguments, "--json"], **variables)
    assert code == 0, err
    return json.loads(out)


def kid_of(token: str) -> str:
    header = token.partition(".")[0]
    kid: str = json.loads(base64.urlsafe_b64decode(header + "=="))["kid"]
    return kid


def token_of(server: Server, path: str) -> str:
    # A connection of its own, so that any of the workers may take it.
    answer = httpx.post(f"{server.url}/api/v1/auth/{path}", json=ACCOUNT, timeout=PATIENCE)
    assert answer.is_success, answer.text
    token: str = answer.json()["data"]["token"]
    return token


def status(server: Server, token: str) -> int:
    bearer = {"Authorization": f"Bearer {token}"}
    return httpx.get(f"{server.url}/api/v1/users/me", headers=bearer, timeout=PATIENCE).status_code


def test_workers_take_new_keys_without_a_restart_and_none_refuses_a_token_of_another(
    tmp_path: Path, variables: dict[str, str]
) -> None:
    old = keys(tmp_path, variables, "generate")["key"]["kid"]
    with serving(tmp_path, variables | {"HTTP_WORKERS": "2"}) as server:
        token = token_of(server, "register")
        assert kid_of(token) == old

        new = keys(tmp_path, variables, "rotate", "--now")["key"]["kid"]
        tokens = [token]
        while kid_of(tokens[-1]) != new:
            tokens.append(token_of(server, "login"))
        # At once: who does not know the key yet looks for it.
        assert {status(server, each) for each in tokens[-2:] * 10} == {200}

        Path(variables["JWT_KEYS"]).write_text("{")
        assert status(server, tokens[-1]) == 200

        code, said = server.stop()
    assert code == 0
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "`armature keys generate` makes it"),
        ("", "is empty"),
        ("{", "is not JSON"),
        ("\ufeff{}", "save it as UTF-8"),
        (
            '{"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "one", "x": "AQ%s"}]}' % ("A" * 41),
            "number 1 ('one') has a point of low order",
        ),
        ('{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}', "JWT_SECRET is for that"),
    ],
)
def test_a_file_that_cannot_be_used_stops_the_start_with_one_sentence(
    tmp_path: Path, variables: dict[str, str], content: str | None, says: str
) -> None:
    if content is not None:
        (tmp_path / "keys.json").write_text(content)
        (tmp_path / "keys.json").chmod(0o600)

    for command in ("serve", "config check"):
        code, out, err = armature(
            tmp_path, command.split(), **variables, HTTP_PORT=str(free_port())
        )
        assert (code, out) == (4, "")
        assert err.splitlines()[0] == "error: The configuration is not valid."
        (sentence,) = err.splitlines()[1:]
        assert sentence.startswith(f"  JWT_KEYS: {tmp_path / 'keys.json'} ")
        assert says in sentence
