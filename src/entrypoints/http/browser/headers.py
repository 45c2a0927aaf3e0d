"""Header values with repetitions."""

from litestar.types import HTTPScope


def values(scope: HTTPScope, name: bytes) -> list[str]:
    """Every value of a header, in order; `name` is in lower case."""
    return [value.decode("latin-1") for each, value in scope["headers"] if each == name]
