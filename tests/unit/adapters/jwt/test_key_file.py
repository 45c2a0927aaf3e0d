import codecs
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, OKPKey
from joserfc.util import int_to_base64

from adapters.jwt.factory import create_keys, create_store, warnings
from adapters.jwt.key_file import MAX_BYTES, exposed, read_key_file
from application.invalid_settings import InvalidSettings
from application.settings import Environment, Settings
from domain.signing.key import Algorithm
from tests.unit.adapters.jwt.keyring import jwk, public, write, write_text
from tests.unit.settings import some_settings

R = Algorithm.RS256


def problem(path: Path) -> str:
    with pytest.raises(InvalidSettings) as caught:
        read_key_file(path)
    (said,) = caught.value.problems
    assert said.startswith(f"JWT_KEYS: {path} ")
    assert said.endswith(".")
    return said


WRONG: dict[str, tuple[list[object], str]] = {
    "no key": ([], "0 keys"),
    "too many keys": ([jwk()] * 33, "33 keys"),
    "no object": (["text"], "number 1 is not an object"),
    "a null": ([jwk(), None], "number 2 is not an object"),
    "a secret": ([{"kty": "oct", "k": "c2VjcmV0", "kid": "1"}], "JWT_SECRET is for that"),
    "a secret in second place": ([jwk(), {"kty": "oct", "k": "eA"}], "number 2 is a secret"),
    "public keys alone": ([public(jwk()), public(jwk(number=1))], "which cannot sign"),
    "a public key first": ([public(jwk())], "which cannot sign"),
    "two of an id": ([jwk(kid="x"), jwk(number=1, kid="x")], "two keys with the `kid` 'x'"),
    "another curve": ([jwk(crv="Ed448")], "Ed25519, P-256 or RSA"),
    "an unknown kind": ([jwk(kty="AKP")], "Ed25519, P-256 or RSA"),
    "a kind that is a list": ([jwk(kty=["OKP"])], "Ed25519, P-256 or RSA"),
    "another algorithm": ([jwk(alg="HS256")], "another `alg` than EdDSA"),
    "no signatures": ([jwk(use="enc")], "another `use`"),
    "other operations": ([jwk(key_ops=["encrypt"])], "`key_ops`"),
    "a kid that is a number": ([jwk(kid=7)], "`kid`"),
    "a kid with a line break": ([jwk(kid="a\nb")], "`kid`"),
    "an empty kid": ([jwk(kid="")], "`kid`"),
    "a kid that is false": ([jwk(kid=False)], "`kid`"),
    "a kid without end": ([jwk(kid="x" * 256)], "`kid`"),
    "half a key": ([jwk(x=None)], "has no `x`"),
    "half an RSA key": ([jwk(R, qi=None)], "has no `qi`"),
    "a number that is none": ([jwk(d="!")], "`d` that is not base64url"),
    "another public half": ([jwk(x=jwk(number=1)["x"])], "not the one of its private half"),
    "another point": ([jwk(Algorithm.ES256, x=jwk()["x"])], "not on its curve"),
    "a weak exponent": ([public(jwk(R, e="Aw"))], "exponent below 65537"),
    "an endless modulus": ([public(jwk(R, n="_" * 2000))], "12000 bits"),
}


@pytest.mark.parametrize("case", WRONG)
def test_keys_that_cannot_be_used_are_told_in_one_sentence(tmp_path: Path, case: str) -> None:
    keys, says = WRONG[case]

    said = problem(write(tmp_path / "keys.json", *keys))

    assert says in said


def test_a_short_rsa_key_is_refused(tmp_path: Path) -> None:
    short = int_to_base64((1 << 1023) | 1)

    said = problem(write(tmp_path / "keys.json", public(jwk(R, n=short))))

    assert "1024 bits; an RSA key has 2048 to 4096" in said


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '"keys"', '{"keys": {}}', "[" * 10_000, "\0", "-----BEGIN"]
)
def test_what_is_no_key_set_is_refused(tmp_path: Path, text: str) -> None:
    problem(write_text(tmp_path / "keys.json", text))


KEYS = json.dumps({"keys": [jwk()]})


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "is empty; restore it, or remove it"),
        (b" \n", "is empty"),
        (codecs.BOM_UTF8 + KEYS.encode(), "save it as UTF-8"),
        (KEYS.encode("utf-16"), "save it as UTF-8"),
        (KEYS.encode("utf-16-le"), "save it as UTF-8"),
        (KEYS.encode("utf-16-be"), "save it as UTF-8"),
        (KEYS.encode("utf-32"), "save it as UTF-8"),
        (KEYS.encode("utf-32-be"), "save it as UTF-8"),
        (b'{"keys": ["\xe4"]}', "save it as UTF-8"),
        (KEYS.replace('"kid"', '"kid": "x", "kid"').encode(), "two members 'kid'"),
        (KEYS.replace('"keys"', '"keys": [], "keys"').encode(), "two members 'keys'"),
        (KEYS.replace('"kid"', '"kid": NaN, "x"').encode(), "NaN"),
        (KEYS.replace('"kid"', f'"n": {"9" * 5000}, "x"').encode(), "too many digits"),
        (KEYS.encode() + b"x", "is not JSON"),
    ],
)
def test_a_file_is_one_json_text_in_utf_8(tmp_path: Path, raw: bytes, says: str) -> None:
    (tmp_path / "keys.json").write_bytes(raw)

    assert says in problem(tmp_path / "keys.json")


def test_a_message_names_the_key(tmp_path: Path) -> None:
    said = problem(write(tmp_path / "keys.json", jwk(), jwk(number=1, kid="mine", use="enc")))

    assert "number 2 ('mine') has another `use`" in said


def test_a_file_that_is_not_there_says_how_to_make_one(tmp_path: Path) -> None:
    assert "`armature keys generate`" in problem(tmp_path / "keys.json")


def test_a_folder_and_a_huge_file_are_refused(tmp_path: Path) -> None:
    assert "directory" in problem(tmp_path)
    assert "bytes" in problem(write_text(tmp_path / "keys.json", " " * (MAX_BYTES + 1)))


def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "keys.json")

    said = problem(tmp_path / "keys.json")

    assert said.endswith("keys.json is not a regular file.")


def test_keys_of_other_tools_do_without_an_id(tmp_path: Path) -> None:
    bare: list[Any] = [
        OKPKey.generate_key("Ed25519").as_dict(private=True),
        ECKey.generate_key("P-256").as_dict(private=True),
    ]

    keys = read_key_file(write(tmp_path / "keys.json", *bare)).keys

    assert keys[0].id == OKPKey.import_key(bare[0]).thumbprint()
    assert [key.algorithm for key in keys] == ["EdDSA", "ES256"]


def test_a_public_key_may_stay_to_verify(tmp_path: Path) -> None:
    keys = read_key_file(write(tmp_path / "keys.json", jwk(), public(jwk(R)))).keys

    assert [key.algorithm for key in keys] == ["EdDSA", "RS256"]


def test_a_message_never_holds_a_key(tmp_path: Path) -> None:
    text = json.dumps({"keys": [jwk()]})[:-3]

    assert jwk()["d"] not in problem(write_text(tmp_path / "keys.json", text))


@pytest.mark.parametrize(
    ("mode", "is_exposed"),
    [(0o600, False), (0o400, False), (0o640, True), (0o604, True), (0o644, True), (0o620, True)],
)
def test_a_file_of_ours_is_for_us_alone(tmp_path: Path, mode: int, is_exposed: bool) -> None:
    path = write(tmp_path / "keys.json", jwk())
    path.chmod(mode)

    assert (exposed(path) is not None) == is_exposed


@pytest.mark.parametrize(("mode", "is_exposed"), [(0o440, False), (0o444, True)])
def test_a_file_of_another_owner_may_be_read_by_a_group(
    tmp_path: Path, mode: int, is_exposed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "keys.json", jwk())
    path.chmod(mode)
    somebody = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: somebody)

    assert (exposed(path) is not None) == is_exposed


def settings(environment: Environment, path: Path | None) -> Settings:
    own = some_settings(environment=environment)
    return replace(own, tokens=replace(own.tokens, keys=str(path) if path else None))


def test_an_exposed_file_is_an_error_in_production_and_a_warning_elsewhere(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "keys.json", jwk())
    path.chmod(0o644)

    with pytest.raises(InvalidSettings, match=r"^JWT_KEYS: .*chmod 600"):
        create_keys(settings(Environment.PRODUCTION, path))
    create_keys(settings(Environment.STAGING, path))
    (warning,) = warnings(settings(Environment.STAGING, path))
    assert warning.startswith("JWT_KEYS: ")
    assert warnings(settings(Environment.PRODUCTION, path)) == ()


def test_nothing_is_said_of_a_file_that_is_as_it_should_be(tmp_path: Path) -> None:
    path = write(tmp_path / "keys.json", jwk())

    assert warnings(settings(Environment.TEST, path)) == ()
    assert warnings(settings(Environment.TEST, None)) == ()


def test_who_names_no_file_has_none_to_keep() -> None:
    with pytest.raises(InvalidSettings, match=r"^JWT_KEYS: .*--file"):
        create_store(settings(Environment.TEST, None))
