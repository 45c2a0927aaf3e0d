import pytest


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def empty_url(request: pytest.FixtureRequest) -> str:
    """An empty database of each engine."""
    url: str = request.getfixturevalue(request.param)
    return url
