"""Weak keys: public keys that can be broken, and halves that do not belong together.

OpenSSL reads most of these without an objection. Each check raises ValueError with what is wrong,
which never repeats anything of the key.
"""

from dataclasses import dataclass
from functools import cache
from math import gcd, isqrt, lcm, prod
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

MIN_RSA_BITS: Final = 2048
MAX_RSA_BITS: Final = 4096
"""Longer ones take longer than a request should, to sign and to read."""
MIN_EXPONENT: Final = 65537
MAX_EXPONENT: Final = 2**31 - 1
"""What verifiers read: Go's crypto/rsa has no larger ones. It also leaves no room for a private
exponent that is so short that Wiener's attack finds it."""

_SMALL_PRIME_BOUND: Final = 1 << 16
_SMOOTH_BOUND: Final = 1 << 12
_FERMAT_STEPS: Final = 256
_ROCA_PRIMES: Final = 38
_FEW_BYTES: Final = 12
"""32 random bytes have so few different ones once in 10^25 times."""

_P25519: Final = 2**255 - 19
_L25519: Final = 2**252 + 27742317777372353535851937790883648493
_D25519: Final = -121665 * pow(121666, -1, _P25519) % _P25519
_ROOT_OF_MINUS_ONE: Final = pow(2, (_P25519 - 1) // 4, _P25519)

_P256: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B256: Final = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
_N256: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

_Point = tuple[int, int, int, int]

PUBLISHED: Final = frozenset(
    {
        "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",  # RFC 8037 A.1, RFC 8032 7.1 test 1
        "FtIu-VbGrfe_KB6CH7GNwODB72MNxj_ml11dEvO-7kk",  # RFC 8032 7.1 test 2
        "FVV5umTuau890q59V-4Ga_R6qWb7ON_ivJc4EjvCwTM",  # RFC 8032 7.1 test 3
        "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U",  # RFC 7515 A.3
        "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s",  # RFC 7517 A.2, EC
        "19J8y7Zprt2-QKLjF2I5pVk0OELX6cY2AfaAv1LC_w8",  # jwt.io, ES256
        "IsUn6_e04MaShXFIISMp4kG62LWzMIPy_MvSA5pJgX8",  # RFC 7515 A.2
        "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",  # RFC 7517 A.2, RSA
        "9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI",  # RFC 7520 3.4
        "oGDmHqCJ7yzMkWEkrlZVHkvrHIyQwtlDmeq5ForUHeY",  # jwt.io, RS256
        "zFHVsM9dc4OlHIwvEnVqfKzRj1ujqYGsZnXAcgn_CqI",  # jwt.io, RS256, until 2020
    }
)
"""Thumbprints (RFC 7638) of keys whose private halves are printed in RFCs and on jwt.io."""


def check_ed25519(x: bytes, d: bytes | None) -> None:
    """Take a point of the prime-order subgroup alone, in its one encoding (RFC 8032 §5.1.3).

    With a point of small order any signature of zeros is right, whatever was signed.
    """
    point = _decoded(x)
    if _is_identity(_times(8, point)):
        raise ValueError("has a point of low order, for which anybody can sign")
    if not _is_identity(_times(_L25519, point)):
        raise ValueError("has a point outside of the prime-order subgroup")
    if d is None:
        return
    _check_random(d)
    if Ed25519PrivateKey.from_private_bytes(d).public_key().public_bytes_raw() != x:
        raise ValueError(MISMATCH)


def check_p256(x: int, y: int, d: int | None) -> None:
    """Take a point of the curve, and the private half that it belongs to (SEC 1 §3.2.2.1)."""
    if x >= _P256 or y >= _P256 or (y * y - x**3 + 3 * x - _B256) % _P256:
        raise ValueError("has a point that is not on its curve, P-256")
    if d is None:
        return
    if not 0 < d < _N256:
        raise ValueError("has a private half outside of 1 to the order of P-256")
    _check_random(d.to_bytes(32))
    public = ec.derive_private_key(d, ec.SECP256R1()).public_key().public_numbers()
    if (public.x, public.y) != (x, y):
        raise ValueError(MISMATCH)


def check_rsa(n: int, e: int, private: "RsaPrivate | None") -> None:
    """Refuse a modulus that can be factored, exponents that leak, and numbers that do not fit.

    NIST SP 800-56B §6.4, FIPS 186-5 A.1; what is published is checked without its factors, which
    takes 0.1 s at 2048 bits.
    """
    bits = n.bit_length()
    if not MIN_RSA_BITS <= bits <= MAX_RSA_BITS:
        raise ValueError(f"has {bits} bits; an RSA key has {MIN_RSA_BITS} to {MAX_RSA_BITS}")
    if e < MIN_EXPONENT:
        raise ValueError(f"has an exponent below {MIN_EXPONENT}")
    if e > MAX_EXPONENT or e % 2 == 0:
        raise ValueError(f"has an exponent that is even, or above {MAX_EXPONENT}")
    if n % 2 == 0:
        raise ValueError("has an even modulus")
    if gcd(n, _small_primes() % n) != 1:
        raise ValueError(f"has a smooth modulus: a prime factor is below {_SMALL_PRIME_BOUND}")
    if isqrt(n) ** 2 == n:
        raise ValueError("has a modulus that is a square")
    if _is_roca(n):
        raise ValueError("has the fingerprint of ROCA (CVE-2017-15361): make another key")
    if _has_close_factors(n):
        raise ValueError(_CLOSE)
    if private is None:
        _check_unfactored(n)
    else:
        _check_factors(n, e, private)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RsaPrivate:
    """The private numbers of RFC 7518 §6.3.2."""

    d: int
    p: int
    q: int
    dp: int
    dq: int
    qi: int


def _check_unfactored(n: int) -> None:
    # 2^n is 2 modulo p for every p of which n is a power.
    if gcd(pow(2, n, n) - 2, n) != 1:
        raise ValueError("has a modulus that is a prime, or a power of one")
    # Pollard's p-1: it also finds the factors of a modulus of many middle-sized primes.
    if gcd(pow(2, _smooth_exponent(), n) - 1, n) != 1:
        raise ValueError(_SMOOTH)


def _check_factors(n: int, e: int, own: RsaPrivate) -> None:
    half = n.bit_length() // 2
    p, q = own.p, own.q
    if not 1 < p < n or p * q != n:
        raise ValueError("has a modulus that is not the product of its two primes")
    if any(pow(base, factor - 1, factor) != 1 for factor in (p, q) for base in (2, 3, 5)):
        raise ValueError("has a factor that is not a prime")
    if min(p, q).bit_length() < half - 1:
        raise ValueError("has two primes of unequal length")
    if abs(p - q).bit_length() <= half - 100:
        raise ValueError(_CLOSE)
    if any(pow(2, _smooth_exponent(), factor) == 1 for factor in (p, q)):
        raise ValueError(_SMOOTH)
    if not 1 < own.d < n or (e * own.d - 1) % lcm(p - 1, q - 1):
        raise ValueError(MISMATCH)
    if (own.dp, own.dq, own.qi) != (own.d % (p - 1), own.d % (q - 1), pow(q, -1, p)):
        raise ValueError("has `dp`, `dq` or `qi` that do not belong to its other numbers")


MISMATCH: Final = "has a public half that is not the one of its private half"
_CLOSE: Final = "has two primes so close that Fermat's method finds them"
_SMOOTH: Final = "has a smooth modulus: Pollard's p-1 method finds a factor"


def check_not_published(thumbprint: str) -> None:
    if thumbprint in PUBLISHED:
        raise ValueError("is a published example: everybody has its private half")


def _check_random(private: bytes) -> None:
    if len(set(private)) < _FEW_BYTES:
        raise ValueError("has a private half that can be guessed")


def _decoded(encoded: bytes) -> _Point:
    number = int.from_bytes(encoded, "little")
    y, sign = number & (2**255 - 1), number >> 255
    if y >= _P25519:
        raise ValueError("has a point in another encoding than its own (RFC 8032)")
    # x^2 = (y^2 - 1) / (d y^2 + 1); the denominator is never zero.
    square = (y * y - 1) * pow(_D25519 * y * y + 1, -1, _P25519) % _P25519
    x = pow(square, (_P25519 + 3) // 8, _P25519)
    if (x * x - square) % _P25519:
        x = x * _ROOT_OF_MINUS_ONE % _P25519
    if (x * x - square) % _P25519:
        raise ValueError("has a point that is not on its curve, Ed25519")
    if x == 0 and sign:
        raise ValueError("has a point in another encoding than its own (RFC 8032)")
    x = x if x & 1 == sign else _P25519 - x
    return x, y, 1, x * y % _P25519


def _times(scalar: int, point: _Point) -> _Point:
    result: _Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = _sum(result, point)
        point = _sum(point, point)
        scalar >>= 1
    return result


def _sum(one: _Point, other: _Point) -> _Point:
    """Add in extended coordinates (RFC 8032 §5.1.4), which are complete: no case is special."""
    p = _P25519
    a = (one[1] - one[0]) * (other[1] - other[0]) % p
    b = (one[1] + one[0]) * (other[1] + other[0]) % p
    c = 2 * one[3] * other[3] * _D25519 % p
    d = 2 * one[2] * other[2] % p
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % p, g * h % p, f * g % p, e * h % p


def _is_identity(point: _Point) -> bool:
    return point[0] % _P25519 == 0 and (point[1] - point[2]) % _P25519 == 0


@cache
def _primes() -> tuple[int, ...]:
    sieve = bytearray([1]) * _SMALL_PRIME_BOUND
    for number in range(3, isqrt(_SMALL_PRIME_BOUND) + 1, 2):
        if sieve[number]:
            sieve[number * number :: 2 * number] = bytes(
                len(range(number * number, _SMALL_PRIME_BOUND, 2 * number))
            )
    return tuple(number for number in range(3, _SMALL_PRIME_BOUND, 2) if sieve[number])


@cache
def _small_primes() -> int:
    return prod(_primes())


@cache
def _smooth_exponent() -> int:
    return lcm(*range(1, _SMOOTH_BOUND))


@cache
def _roca_residues() -> tuple[tuple[int, frozenset[int]], ...]:
    """What powers of 65537 there are modulo each of the primes 3 to 167."""
    return tuple(
        (prime, frozenset(pow(65537, power, prime) for power in range(prime - 1)))
        for prime in _primes()[:_ROCA_PRIMES]
    )


def _is_roca(n: int) -> bool:
    """Whether n is a power of 65537 modulo every small prime, as one modulus in 10^8 is."""
    return all(n % prime in residues for prime, residues in _roca_residues())


def _has_close_factors(n: int) -> bool:
    half = isqrt(n) + 1
    for a in range(half, half + _FERMAT_STEPS):
        rest = a * a - n
        if isqrt(rest) ** 2 == rest:
            return True
    return False
