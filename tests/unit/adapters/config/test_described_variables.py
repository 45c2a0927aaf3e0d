from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from adapters.config.environment import describe, load_settings
from adapters.config.sources import Source
from adapters.config.variables import VARIABLES
from application.invalid_settings import InvalidSettings
from tests.unit.adapters.config.loading import SECRET
from tests.unit.adapters.config.reference import PAGE, table, update


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_no_secret_is_ever_told(text: str) -> None:
    assume("://" not in text)  # What stands before it is the kind of adapter, and no secret.
    secret = f"hunter2{text}"
    environ = {
        "JWT_SECRET": secret,
        "DATABASE_URL": f"postgresql://u:{secret}@h:x/n",
        "REDIS_URL": f"redis://u:{secret}@h",
        "CACHE_URL": secret,
    }
    try:
        told = repr(load_settings(environ))
    except InvalidSettings as error:
        told = str(error)

    assert "hunter2" not in told
    assert "hunter2" not in repr(describe(environ))


def test_each_variable_is_described_with_its_source(tmp_path: Path) -> None:
    (tmp_path / "hosts").write_text("a.example\n")
    (tmp_path / ".env").write_text("HTTP_WORKERS=2\n")

    described = describe(
        {
            "HTTP_PORT": "99999999",
            "ALLOWED_HOSTS_FILE": str(tmp_path / "hosts"),
            "REDIS_URL": "redis://u:pw@h",
            "JWT_SECRET": SECRET,
        },
        dotenv=tmp_path / ".env",
    )
    found = {one.name: (one.value, one.source) for one in described}

    assert [one.name for one in described] == [variable.name for variable in VARIABLES]
    assert found["HTTP_HOST"] == ("127.0.0.1", Source.DEFAULT)
    assert found["HTTP_PORT"] == ("99999999", Source.ENVIRONMENT)
    assert found["HTTP_WORKERS"] == ("2", Source.DOTENV)
    assert found["ALLOWED_HOSTS"] == ("a.example", Source.FILE)
    assert found["RATE_LIMIT_URL"] == ("redis://u:***@h", Source.DEFAULT)
    assert found["CACHE_URL"] == ("redis://u:***@h", Source.DEFAULT)
    assert found["JWT_SECRET"] == ("***", Source.ENVIRONMENT)


def test_the_documentation_has_the_table_of_the_code() -> None:
    page = PAGE.read_text("utf-8")

    assert update(page) == page, "run `just docs`"
    assert table().count("\n| `") == len(VARIABLES)


def test_a_page_without_a_place_for_the_table_is_refused() -> None:
    with pytest.raises(ValueError, match="variables: begin"):
        update("# Configuration\n")
