"""One key as a JWK (RFC 7517, RFC 7518 §6, RFC 8037)."""

import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.util import urlsafe_b64decode

from adapters.jwt import weak_keys
from adapters.jwt.keys import Key
from adapters.jwt.weak_keys import MIN_RSA_BITS, RsaPrivate
from application.ports.published_keys import PublicKey
from domain.signing.key import Algorithm

_MAX_ID: Final = 255
_FIELD_BYTES: Final = 32
"""Of every number of Ed25519 and P-256 (RFC 8037 §2, RFC 7518 §6.2)."""
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]+")

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
    with what is wrong, which never repeats anything of the key but its id.
    """
    if not isinstance(entry, dict):
        raise ValueError("is not an object")  # noqa: TRY004 - all that is wrong is told alike
    kind = _kind(entry)
    material = {"kty": str(entry["kty"]), **_texts(entry, kind)}
    jose = next((key.jose for key in known if key.material == material), None)
    jose = jose or _imported(kind, material)
    kid = entry["kid"] if "kid" in entry else jose.thumbprint()
    if not isinstance(kid, str) or not 0 < len(kid) <= _MAX_ID or not kid.isprintable():
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
    _check_operations(entry.get("key_ops", ["sign", "verify"]), _is_private(entry, kind))
    return kind


def _check_operations(operations: object, is_private: bool) -> None:  # noqa: FBT001 - of one caller
    """Take `key_ops` with what the key is for; tools export a private one with "sign" alone."""
    needed = "sign" if is_private else "verify"
    if not isinstance(operations, list) or needed not in operations:
        half = "private" if is_private else "public"
        raise ValueError(f'has `key_ops` without "{needed}", which a {half} key is for')
    others = [each for each in operations if each not in ("sign", "verify")]
    if others or len(operations) != len({*operations}):
        raise ValueError("has `key_ops` for more than signatures, or one of them twice")


def _is_private(entry: Mapping[str, object], kind: _Kind) -> bool:
    return any(name in entry for name in kind.private)


def _texts(entry: Mapping[str, object], kind: _Kind) -> dict[str, str]:
    """Pick the members that are the key; private ones are all there, or the key is public."""
    if "oth" in entry:
        raise ValueError("has more than two primes (`oth`), which few verifiers support")
    names = kind.public + (kind.private if _is_private(entry, kind) else ())
    texts = {name: text for name in names if isinstance(text := entry.get(name), str)}
    if missing := [name for name in names if name not in texts]:
        raise ValueError(f"has no {', '.join(f'`{name}`' for name in missing)}")
    return texts


def _imported(kind: _Kind, material: Mapping[str, str]) -> _Jose:
    _check_numbers(kind, material)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            key = kind.jose.import_key({**material}, {"use": "sig"})
    except Exception:  # noqa: BLE001 - three libraries say it in many ways, maybe with the key
        raise ValueError("cannot be read: its numbers are no key") from None
    weak_keys.check_not_published(key.thumbprint())
    return key


def _check_numbers(kind: _Kind, material: Mapping[str, str]) -> None:
    values = {name: _bytes(name, material[name]) for name in material.keys() - {"kty", "crv"}}
    if kind.jose is RSAKey:
        numbers = {name: _integer(name, raw) for name, raw in values.items()}
        n, e = numbers.pop("n"), numbers.pop("e")
        weak_keys.check_rsa(n, e, RsaPrivate(**numbers) if numbers else None)
        return
    for name, raw in values.items():
        if len(raw) != _FIELD_BYTES:
            raise ValueError(f"has a `{name}` of {len(raw)} bytes; it takes {_FIELD_BYTES}")
    d = values.get("d")
    if kind.jose is OKPKey:
        weak_keys.check_ed25519(values["x"], d)
    else:
        x, y = (int.from_bytes(values[name]) for name in ("x", "y"))
        weak_keys.check_p256(x, y, None if d is None else int.from_bytes(d))


def _bytes(name: str, text: str) -> bytes:
    """Read base64url in its one spelling: no padding, no other bits at the end (RFC 7515 §2)."""
    if _BASE64URL.fullmatch(text):
        try:
            return urlsafe_b64decode(text.encode("ascii"))
        except ValueError:
            pass
    raise ValueError(f"has a `{name}` that is not base64url without padding (RFC 7515)")


def _integer(name: str, raw: bytes) -> int:
    if raw.startswith(b"\0"):
        raise ValueError(f"has a `{name}` with zeros in front (RFC 7518: Base64urlUInt)")
    return int.from_bytes(raw)
