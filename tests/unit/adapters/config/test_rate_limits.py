import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.config.parsers import MAX_HITS, rate_limits
from adapters.config.variables import VARIABLES
from application.limits.groups import DEFAULTS
from application.ports.rate_limiter import Limit


def test_the_documented_default_is_that_of_the_application() -> None:
    (text,) = [str(each.default) for each in VARIABLES if each.name == "RATE_LIMITS"]

    assert rate_limits(text) == DEFAULTS
    assert set(DEFAULTS) - {"api-user"} == {item.partition("=")[0] for item in text.split(",")}


def test_what_is_not_named_keeps_its_default() -> None:
    limits = rate_limits("register=3/1m")

    assert limits == {**DEFAULTS, "register": Limit(3, 60)}


def test_auth_stands_for_log_in_and_registration_together() -> None:
    both = {"login": Limit(3, 60), "register": Limit(3, 60)}

    assert rate_limits("auth=3/1m") == {**DEFAULTS, **both}
    assert rate_limits("login=9/1h,auth=3/1m") == {
        **DEFAULTS,
        **both,
        "login": Limit(9, 3600),
    }
    off = rate_limits("auth=off")
    assert (off["login"], off["register"]) == (None, None)


def test_users_may_do_what_their_addresses_may_unless_told_otherwise() -> None:
    assert rate_limits("api=7/10s")["api-user"] == Limit(7, 10)
    assert rate_limits("api=off")["api-user"] is None
    assert rate_limits("api=off,api-user=9/1h")["api-user"] == Limit(9, 3600)


def test_routes_are_named_like_in_the_documentation() -> None:
    limits = rate_limits(" GET /api/v1/users/{id} = 5/1m , POST /api/v1/auth/login=off, ")

    assert limits["GET /api/v1/users/{id}"] == Limit(5, 60)
    assert limits["POST /api/v1/auth/login"] is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("auth", "item 1: write NAME=HITS/WINDOW"),
        (
            "auth=5/1m,nonsense=1/1m",
            "item 2: there is no such name. There are login, register, api,",
        ),
        ("Auth=5/1m", "no such name"),
        ("get /docs=5/1m", "no such name"),
        ("GET docs=5/1m", "no such name"),
        ("=5/1m", "no such name"),
        ("auth=5/1m,auth=5/1m", "item 2: this name stood there before"),
        ("auth=", "item 1: write HITS/WINDOW"),
        ("auth=5", "write HITS/WINDOW"),
        ("auth=0/1m", "write HITS/WINDOW"),
        ("auth=-1/1m", "write HITS/WINDOW"),
        ("auth=05/1m", "write HITS/WINDOW"),
        ("auth=10001/1m", f"1 to {MAX_HITS} hits"),
        ("auth=5/500ms", "whole seconds"),
        ("auth=5/1500ms", "whole seconds"),
        ("auth=5/2d", "up to a day"),
        ("auth=5/m", "write HITS/WINDOW"),
        ("auth=OFF", "or off"),
        ("auth=5/1m;api=off", "write HITS/WINDOW"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_can(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        rate_limits(text)

    assert said in str(caught.value)


@given(st.integers(1, MAX_HITS), st.integers(1, 86_400))
def test_every_limit_in_range_is_read(hits: int, seconds: int) -> None:
    assert rate_limits(f"api={hits}/{seconds}s")["api"] == Limit(hits, seconds)
