"""A server that loses patience soon, and one as it runs in production, behind a proxy."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.processes import Server, serving

PATIENCE = 1.0
"""Seconds that the impatient server gives a head, and a body."""
SECRET = "kH3vT9qLz0Xw7Rb2Yp5Nd8Mc1Fg4Js6AaEe"


@pytest.fixture(scope="session")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    variables = {
        "APP_ENV": "test",
        "DATABASE_URL": "memory://",
        "JWT_SECRET": SECRET,
        "HEADER_TIMEOUT": "1s",
        "REQUEST_TIMEOUT": "1s",
        "DRAIN_DELAY": "0s",
        "RATE_LIMIT_URL": "none://",
    }
    with serving(tmp_path_factory.mktemp("impatient"), variables) as server:
        yield server


@pytest.fixture(scope="session")
def production(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("production")
    for part in sqlite_template.parent.glob("template.db*"):
        shutil.copy(part, folder / part.name)
    variables = {
        "APP_ENV": "production",
        "DATABASE_URL": f"sqlite:///{folder / 'template.db'}",
        "JWT_SECRET": SECRET,
        "DRAIN_DELAY": "0s",
        "ALLOWED_HOSTS": "api.example.org,*.example.net",
        "TRUSTED_PROXIES": "127.0.0.1",
        "CORS_ALLOWED_ORIGINS": "https://app.example.org",
        "RATE_LIMIT_URL": "none://",
    }
    with serving(folder, variables) as server:
        yield server
