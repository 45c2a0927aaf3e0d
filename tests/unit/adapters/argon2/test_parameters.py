import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.argon2.hasher import _verify, create
from adapters.argon2.parameters import Parameters
from application.invalid_settings import InvalidSettings
from application.settings import Environment
from tests.unit.settings import some_settings


@given(
    salt=st.binary(min_size=8, max_size=64),
    digest=st.binary(min_size=16, max_size=64),
    lanes=st.integers(1, 3),
    passes=st.integers(1, 3),
    memory=st.integers(1, 64),
)
def test_what_is_read_as_a_hash_is_one_to_argon2(
    salt: bytes, digest: bytes, lanes: int, passes: int, memory: int
) -> None:
    words = [base64.b64encode(part).decode().rstrip("=") for part in (salt, digest)]
    encoded = f"$argon2id$v=19$m={memory},t={passes},p={lanes}${words[0]}${words[1]}"

    if Parameters.of_encoded(encoded) is None:
        assert memory < 8 * lanes
    else:
        # Anything but a mismatch raises.
        assert _verify(encoded, b"password") is False


def test_the_defaults_are_those_that_owasp_recommends() -> None:
    parameters = Parameters.of_url("argon2id://", Environment.PRODUCTION)

    assert (parameters.memory, parameters.time, parameters.parallelism) == (19456, 2, 1)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("argon2id://?m=7", "m is a number from 8 to"),
        ("argon2id://?m=99999999999999999999", "m is a number from 8 to"),
        ("argon2id://?m=1048577", "m is a number from 8 to"),
        ("argon2id://?m=lots", "m is a number from 8 to"),
        ("argon2id://?m=\u0661\u0669", "m is a number from 8 to"),
        ("argon2id://?m=", "m is a number from 8 to"),
        ("argon2id://?t=0", "t is a number from 1 to"),
        ("argon2id://?t=1.5", "t is a number from 1 to"),
        ("argon2id://?p=65", "p is a number from 1 to"),
        ("argon2id://?m=16&p=4", "at least 8 for each"),
        ("argon2id://?m=16&m=32", "give m once"),
        ("argon2id://?memory=16", "no parameter 'memory'"),
        ("argon2id://host?m=16", "parameters only"),
        ("argon2id:///path", "parameters only"),
    ],
)
def test_parameters_out_of_bounds_are_refused(url: str, said: str) -> None:
    with pytest.raises(InvalidSettings, match=f"^PASSWORD_HASHER: .*{said}"):
        create(url, some_settings())


def test_every_wrong_parameter_is_told_at_once() -> None:
    with pytest.raises(InvalidSettings) as caught:
        create("argon2id://?m=1&t=0&x=1", some_settings())

    assert len(caught.value.problems) == 4


def test_production_refuses_parameters_that_are_too_cheap() -> None:
    with pytest.raises(InvalidSettings, match="in production"):
        create("argon2id://?m=64", some_settings(environment=Environment.PRODUCTION))
