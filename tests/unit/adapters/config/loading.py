from collections.abc import Mapping
from pathlib import Path

import pytest

from adapters.config.environment import Loaded, load_settings
from application.invalid_settings import InvalidSettings
from application.settings import Settings

SECRET = "kH3vT9qLz0Xw7Rb2Yp5Nd8Mc1Fg4Js6AaEe"
PRODUCTION = {
    "APP_ENV": "production",
    "JWT_SECRET": SECRET,
    "ALLOWED_HOSTS": "api.example.org",
    "DATABASE_URL": "postgresql://u:p@h/n",
}


def load(environ: Mapping[str, str], dotenv: Path | None = None) -> Settings:
    return loaded(environ, dotenv).settings


def loaded(environ: Mapping[str, str], dotenv: Path | None = None) -> Loaded:
    return load_settings({"JWT_SECRET": SECRET, **environ}, dotenv=dotenv)


def problems(environ: Mapping[str, str], dotenv: Path | None = None) -> tuple[str, ...]:
    with pytest.raises(InvalidSettings) as caught:
        loaded(environ, dotenv)
    return caught.value.problems
