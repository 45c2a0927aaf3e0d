"""Keys that OpenSSL reads and nobody may use: each is made here, by what is wrong with it."""

import json
from collections.abc import Callable
from math import gcd, lcm, prod
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey
from joserfc.jws import JWSRegistry
from joserfc.util import base64_to_int, int_to_base64, urlsafe_b64decode, urlsafe_b64encode

from adapters.jwt import weak_keys
from adapters.jwt.jwk import read_jwk
from adapters.jwt.key_file import read_key_file
from application.invalid_settings import InvalidSettings
from domain.signing.key import Algorithm
from tests.unit.adapters.jwt.keyring import Jwk, jwk, public, write

E, R = Algorithm.ES256, Algorithm.RS256
ORDER, FIELD = weak_keys._L25519, weak_keys._P25519


def problem(path: Path, *keys: object) -> str:
    with pytest.raises(InvalidSettings) as caught:
        read_key_file(write(path / "keys.json", *keys))
    (said,) = caught.value.problems
    return said


def b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode()


def number(key: Jwk, name: str) -> int:
    return base64_to_int(key[name])


# Ed25519


def encoded(point: weak_keys._Point) -> bytes:
    inverse = pow(point[2], -1, FIELD)
    x, y = point[0] * inverse % FIELD, point[1] * inverse % FIELD
    return (y | (x & 1) << 255).to_bytes(32, "little")


def of_order_8() -> weak_keys._Point:
    """L times a point of full order 8 L."""
    for y in range(2, 1000):
        try:
            point = weak_keys._times(ORDER, weak_keys._decoded(y.to_bytes(32, "little")))
        except ValueError:
            continue
        if not weak_keys._is_identity(weak_keys._times(4, point)):
            return point
    raise AssertionError


TORSION = [encoded(weak_keys._times(times, of_order_8())) for times in range(8)]
SIGN = 1 << 255
OTHER_ENCODINGS = [
    each.to_bytes(32, "little")
    # y is 0, 1 or -1; p added to it, and the sign of x = 0.
    for each in (FIELD, FIELD + 1, FIELD | SIGN, FIELD + 1 | SIGN, 1 | SIGN, FIELD - 1 | SIGN)
]


def test_there_are_eight_points_of_low_order() -> None:
    assert len(set(TORSION)) == 8


@pytest.mark.parametrize("x", [*TORSION, *OTHER_ENCODINGS], ids=bytes.hex)
def test_a_point_of_low_order_is_refused_in_each_encoding(tmp_path: Path, x: bytes) -> None:
    said = problem(tmp_path, jwk(), public(jwk(number=1, kid="low", x=b64(x))))

    assert "number 2 ('low') has a point" in said
    assert "low order" in said or "another encoding" in said


def test_for_a_point_of_low_order_anybody_signs_which_is_why() -> None:
    one = (1).to_bytes(32, "little")
    key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": b64(one)})

    assert JWSRegistry.algorithms["EdDSA"].verify(b"whatever", one + bytes(32), key) is True


def test_a_point_with_a_part_of_low_order_is_refused(tmp_path: Path) -> None:
    good = weak_keys._decoded(urlsafe_b64decode(jwk()["x"].encode()))
    mixed = encoded(weak_keys._sum(good, of_order_8()))

    assert "prime-order" in problem(tmp_path, jwk(number=1), public(jwk(x=b64(mixed))))


def test_what_is_no_point_is_refused(tmp_path: Path) -> None:
    said = problem(tmp_path, jwk(), public(jwk(number=1, x=b64((2).to_bytes(32, "little")))))

    assert "not on its curve, Ed25519" in said


# P-256


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"x": b64(bytes(32)), "y": b64(bytes(32))}, "not on its curve"),
        ({"x": jwk(E, number=1)["x"]}, "not on its curve"),
        ({"x": b64((weak_keys._P256).to_bytes(32))}, "not on its curve"),
        ({"x": jwk(E, number=1)["x"], "y": jwk(E, number=1)["y"]}, "not the one of its private"),
        ({"d": b64(bytes(32))}, "outside of 1 to the order"),
        ({"d": b64(weak_keys._N256.to_bytes(32))}, "outside of 1 to the order"),
        ({"d": b64((1).to_bytes(32))}, "can be guessed"),
        ({"d": b64((7).to_bytes(1))}, "`d` of 1 bytes"),
        ({"d": b64(bytes(33))}, "`d` of 33 bytes"),
    ],
)
def test_a_p256_key_that_does_not_fit_is_refused(tmp_path: Path, changes: Jwk, says: str) -> None:
    assert says in problem(tmp_path, jwk(E, **changes))


# RSA

KEY, OTHER = jwk(R), jwk(R, number=1)
P, Q = number(KEY, "p"), number(KEY, "q")
SMALL = weak_keys._small_primes()


def without_small_factors(start: int) -> int:
    return next(each for each in range(start | 1, start + 10_000, 2) if gcd(each, SMALL) == 1)


def is_prime(n: int) -> bool:
    return all(pow(base, n - 1, n) == 1 for base in (2, 3, 5, 7, 11, 13))


def middle_sized_primes() -> int:
    """A product of 70 primes of 32 bits."""
    found = [each for each in range(2**31 + 1, 2**31 + 4000, 2) if is_prime(each)]
    return prod(found[:70])


def with_the_fingerprint_of_roca() -> int:
    """As the chips made their primes: k M + (65537^a mod M), M being that of all small primes."""
    product = 2 * prod(weak_keys._primes()[:38])
    rest = pow(65537, 123_456_789, product)
    times = (1 << 2047) // product
    return next(n for n in range(rest + times * product, 1 << 2048, product) if gcd(n, SMALL) == 1)


MODULI: dict[str, tuple[Callable[[], int], str]] = {
    "even": (lambda: P * Q - 1, "even modulus"),
    "a small factor": (lambda: 65521 * (P * Q >> 15 | 1), "smooth modulus"),
    "smooth": (lambda: prod(weak_keys._primes()[-130:]), "smooth modulus"),
    "middle-sized factors": (middle_sized_primes, "Pollard"),
    "a smooth factor": (lambda: (2**521 - 1) * P * (Q >> 512 | 1), "smooth"),
    "a square": (lambda: P * P, "a square"),
    "a power": (lambda: P**3, "a power of one"),
    "a prime": (lambda: 2**2203 - 1, "a prime"),
    "close factors": (
        lambda: without_small_factors(P) * without_small_factors(P + 2**20),
        "Fermat",
    ),
    "ROCA": (with_the_fingerprint_of_roca, "ROCA (CVE-2017-15361)"),
    "short": (lambda: P * (Q >> 8 | 1), "bits; an RSA key has 2048 to 4096"),
    "long": (lambda: P**5, "bits; an RSA key has 2048 to 4096"),
}


@pytest.mark.parametrize("case", MODULI)
def test_a_modulus_that_can_be_factored_is_refused(tmp_path: Path, case: str) -> None:
    make, says = MODULI[case]

    said = problem(tmp_path, jwk(), {**public(KEY), "n": int_to_base64(make())})

    assert f"number 2 ({KEY['kid']!r}) has" in said
    assert says in said


@pytest.mark.parametrize("e", [1, 3, 17, 65535, 65536, 65538, 2**31 + 11, 2**2000 + 1])
def test_an_exponent_out_of_bounds_is_refused(tmp_path: Path, e: int) -> None:
    assert "exponent" in problem(tmp_path, jwk(), {**public(KEY), "e": int_to_base64(e)})


def of_factors(p: int, q: int, /, **changes: int) -> Jwk:
    """A private key of these factors, whatever they are."""
    d = pow(65537, -1, lcm(p - 1, q - 1))
    numbers = {
        "n": p * q,
        "e": 65537,
        "d": d,
        "p": p,
        "q": q,
        "dp": d % (p - 1),
        "dq": d % (q - 1),
        "qi": pow(q, -1, p) if gcd(p, q) == 1 else 1,
        **changes,
    }
    texts = {name: int_to_base64(value) for name, value in numbers.items()}
    return {"kty": "RSA", "kid": "made", "alg": "RS256", **texts}


def test_a_key_that_is_made_of_its_factors_is_right_so_that_the_next_ones_prove_something() -> None:
    assert read_jwk(of_factors(P, Q)).algorithm == R


PRIVATE: dict[str, tuple[Callable[[], Jwk], str]] = {
    "other factors": (lambda: of_factors(P, Q, p=number(OTHER, "p")), "not the product"),
    "one times n": (lambda: of_factors(P, Q, p=1, q=P * Q), "not the product"),
    "a composite": (lambda: of_factors(without_small_factors(P + 2), Q), "not a prime"),
    "unequal": (lambda: of_factors(2**521 - 1, P * P), "not a prime"),
    "unequal primes": (lambda: of_factors(2**521 - 1, 2**2203 - 1), "unequal length"),
    "another d": (lambda: of_factors(P, Q, d=number(OTHER, "d")), "private half"),
    "no d": (lambda: of_factors(P, Q, d=1), "private half"),
    "another dp": (lambda: of_factors(P, Q, dp=number(OTHER, "dp")), "`dp`"),
    "another dq": (lambda: of_factors(P, Q, dq=3), "`dq`"),
    "another qi": (lambda: of_factors(P, Q, qi=3), "`qi`"),
    "swapped factors": (lambda: of_factors(P, Q, p=Q, q=P), "`dp`"),
}


@pytest.mark.parametrize("case", PRIVATE)
def test_private_numbers_that_do_not_fit_are_refused(tmp_path: Path, case: str) -> None:
    make, says = PRIVATE[case]

    assert says in problem(tmp_path, make())


def test_more_than_two_primes_are_refused(tmp_path: Path) -> None:
    assert "`oth`" in problem(tmp_path, {**KEY, "oth": [{"r": "Aw", "d": "Aw", "t": "Aw"}]})


def test_two_moduli_with_a_prime_in_common_are_refused(tmp_path: Path) -> None:
    said = problem(tmp_path, KEY, of_factors(P, number(OTHER, "q")))

    assert f"{KEY['kid']!r} and 'made'" in said


# All kinds


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_key_that_is_there_twice_is_refused(tmp_path: Path, algorithm: Algorithm) -> None:
    key = jwk(algorithm, kid="one")

    assert "one key twice, as 'one' and 'two'" in problem(tmp_path, key, {**key, "kid": "two"})


@pytest.mark.parametrize("algorithm", Algorithm)
@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text + "=", "base64url"),
        (lambda text: text + "==", "base64url"),
        (lambda text: text[:8] + "\n" + text[8:], "base64url"),
        (lambda text: text[:8] + "+/" + text[10:], "base64url"),
        (lambda text: text[:8] + "ä" + text[9:], "base64url"),
        (lambda text: "AAAA" + text, ""),
        (lambda _: "", "base64url"),
    ],
)
def test_a_number_has_one_spelling(
    tmp_path: Path, algorithm: Algorithm, change: Callable[[str], str], says: str
) -> None:
    key = jwk(algorithm)
    for name in {"x", "y", "n", "e", "d", "p"} & key.keys():
        said = problem(tmp_path, {**key, name: change(key[name])})

        assert f" a `{name}` " in said
        assert says in said


@pytest.mark.parametrize(
    "operations",
    [[], ["verify"], ["encrypt"], ["sign", "encrypt"], ["sign", "sign"], "sign", None, [["sign"]]],
)
def test_a_key_that_is_not_for_signing_is_refused(tmp_path: Path, operations: object) -> None:
    key = {**jwk(), "key_ops": operations}

    assert "`key_ops`" in problem(tmp_path, key)
    assert "`key_ops`" in problem(tmp_path, jwk(number=1), key)


def test_a_public_key_is_for_verifying(tmp_path: Path) -> None:
    key = {**public(jwk(number=1)), "key_ops": ["sign"]}

    assert 'without "verify"' in problem(tmp_path, jwk(), key)


@pytest.mark.parametrize("operations", [["sign"], ["sign", "verify"], ["verify", "sign"]])
def test_a_private_key_that_browsers_export_will_do(tmp_path: Path, operations: list[str]) -> None:
    """Web Cryptography exports it with "sign" alone, and its public half with "verify"."""
    keys = {**jwk(), "key_ops": operations}, {**public(jwk(number=1)), "key_ops": ["verify"]}

    assert len(read_key_file(write(tmp_path / "keys.json", *keys)).keys) == 2


@pytest.mark.parametrize("algorithm", Algorithm)
def test_private_members_without_the_private_one_are_refused(
    tmp_path: Path, algorithm: Algorithm
) -> None:
    key = {**jwk(algorithm), "d": None}

    assert "has no `d`" in problem(tmp_path, key)


@pytest.mark.parametrize("algorithm", [Algorithm.EDDSA, E])
@pytest.mark.parametrize("d", [bytes(32), b"\1" * 32, bytes(range(8)) * 4])
def test_a_private_half_that_can_be_guessed_is_refused(
    tmp_path: Path, algorithm: Algorithm, d: bytes
) -> None:
    said = problem(tmp_path, jwk(algorithm, d=b64(d)))

    assert "can be guessed" in said or "outside of" in said


def test_the_key_of_an_example_is_refused(tmp_path: Path) -> None:
    """RFC 8037, appendix A.1."""
    example = {
        "kty": "OKP",
        "crv": "Ed25519",
        "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    }

    assert "published example" in problem(tmp_path, example)


@pytest.mark.parametrize("algorithm", Algorithm)
def test_no_message_holds_anything_of_a_key(tmp_path: Path, algorithm: Algorithm) -> None:
    key = jwk(algorithm)
    private = {"d", "p", "q", "dp", "dq", "qi"} & key.keys()
    for name in private:
        for wrong in ({**key, name: key[name][:-2]}, {**key, name: f"{key[name]}="}):
            said = problem(tmp_path, wrong)

            assert not [each for each in private if json.dumps(key[each])[1:20] in said]
