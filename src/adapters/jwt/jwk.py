"""One key as a JWK (RFC 7517, RFC 7518 §6, RFC 8037)."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.util import base64_to_int

from adapters.jwt.key import Key
from application.ports.published_keys import PublicKey
from domain.signing.key import Algorithm

MIN_RSA_BITS: Final = 2048
MAX_RSA_BITS: Final = 4096
"""Longer ones take longer than a request should, to sign and to read."""
_MIN_EXPONENT: Final = 65537
_MAX_ID: Final = 255

_Jose = OKPKey | ECKey | RSAKey


@dataclass(frozen=True, slots=True)
class _Kind:
    algorithm: Algorithm
    jose: type[_Jose]
    public: tuple[str, ...]
    private: tuple[str, ...] = ("d",)


_KINDS: Final[Mapping[tuple[str, str], _Kind]] = {
    ("OKP", "Ed25519"): _Kind(Algorithm.EDDSA, OKPKey, ("crv", "x")),
    ("EC", "P-256"): _Kind(Algorithm.ES256, ECKey, ("crv", "x", "y")),
    ("RSA", ""): _Kind(Algorithm.RS256, RSAKey, ("n", "e"), ("d", "p", "q", "dp", "dq", "qi")),
}


def make_jwk(algorithm: Algorithm) -> dict[str, object]:
    """Make a new private key; its id is its thumbprint (RFC 7638)."""
    made: _Jose
    match algorithm:
        case Algorithm.EDDSA:
            made = OKPKey.generate_key("Ed25519")
        case Algorithm.ES256:
            made = ECKey.generate_key("P-256")
        case Algorithm.RS256:
            made = RSAKey.generate_key(MIN_RSA_BITS)
    kid = made.thumbprint()
    if kid.startswith("-"):
        # A shell would take it for an option.
        return make_jwk(algorithm)
    return {"kid": kid, "use": "sig", "alg": algorithm.value, **made.as_dict(private=True)}


def read_jwk(entry: object, known: Sequence[Key] = ()) -> Key:
    """Read a private key, or a public one that only verifies.

    What is in `known` is not checked anew: that of an RSA key takes a while. Raises ValueError
    with what is wrong, which never tells anything of the key.
    """
    if not isinstance(entry, dict):
        raise ValueError("is not an object")  # noqa: TRY004 - all that is wrong is told alike
    kind = _kind(entry)
    material = {"kty": str(entry["kty"]), **_texts(entry, kind)}
    jose = next((key.jose for key in known if key.material == material), None)
    jose = jose or _imported(kind, material)
    kid = entry.get("kid") or jose.thumbprint()
    if not isinstance(kid, str) or len(kid) > _MAX_ID or not kid.isprintable():
        raise ValueError(f"has a `kid` that is no text of 1 to {_MAX_ID} characters")
    public = PublicKey(
        id=kid,
        algorithm=kind.algorithm,
        type=material["kty"],
        parameters={name: material[name] for name in kind.public},
    )
    return Key(id=kid, algorithm=kind.algorithm, jose=jose, material=material, public=public)


def _kind(entry: Mapping[str, object]) -> _Kind:
    if entry.get("kty") == "oct":
        raise ValueError("is a secret, which cannot be published: JWT_SECRET is for that")
    kind = _KINDS.get((str(entry.get("kty")), str(entry.get("crv", ""))))
    if kind is None:
        raise ValueError("is of no kind that signs here: Ed25519, P-256 or RSA")
    if entry.get("alg", kind.algorithm) != kind.algorithm:
        raise ValueError(f"has another `alg` than {kind.algorithm}, by which keys of its kind sign")
    if entry.get("use", "sig") != "sig":
        raise ValueError('has another `use` than "sig"')
    operations = entry.get("key_ops", ["verify"])
    if not isinstance(operations, list) or not {"sign", "verify"} & {*map(str, operations)}:
        raise ValueError("has `key_ops` without signatures")
    return kind


def _texts(entry: Mapping[str, object], kind: _Kind) -> dict[str, str]:
    """Pick the members that are the key; private ones are all there, or the key is public."""
    names = kind.public + (kind.private if "d" in entry else ())
    texts = {name: text for name in names if isinstance(text := entry.get(name), str)}
    if missing := [name for name in names if name not in texts]:
        raise ValueError(f"has no {', '.join(f'`{name}`' for name in missing)}")
    return texts


def _imported(kind: _Kind, material: Mapping[str, str]) -> _Jose:
    try:
        if kind.jose is RSAKey:
            _check_size(material)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            key = kind.jose.import_key({**material}, {"use": "sig"})
            public = kind.jose.import_key(key.as_pem(private=False)).as_dict()
    except _Refused as refused:
        raise ValueError(str(refused)) from None
    except Exception:  # noqa: BLE001 - three libraries say it in many ways, maybe with the key
        raise ValueError("cannot be read: its numbers are no key") from None
    # What is published is what the file says, and it is believed of no private key.
    if any(public[name] != material[name] for name in kind.public):
        raise ValueError("has a public half that is not the one of its private half")
    return key


class _Refused(Exception):
    """A key that could be read, but must not be used."""


def _check_size(material: Mapping[str, str]) -> None:
    bits = base64_to_int(material["n"]).bit_length()
    if not MIN_RSA_BITS <= bits <= MAX_RSA_BITS:
        raise _Refused(f"has {bits} bits; an RSA key has {MIN_RSA_BITS} to {MAX_RSA_BITS}")
    if base64_to_int(material["e"]) < _MIN_EXPONENT:
        raise _Refused(f"has an exponent below {_MIN_EXPONENT}")
