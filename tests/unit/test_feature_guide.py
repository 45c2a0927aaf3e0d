"""What README.md and docs/features.md tell builders, held against the code."""

import ast
import builtins
import re
from dataclasses import fields
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

import containers
from tests.storage import driver_of
from tests.world import world

ROOT = Path(__file__).parents[2]
USE_CASE, ROUTE, COMMAND, TEST = re.findall(
    r"^```python\n(.*?)^```$",
    (ROOT / "docs" / "features.md").read_text(),
    re.MULTILINE | re.DOTALL,
)
SWAPS = re.findall(r"`([A-Z_]+)='?([^'`]+)'?`", (ROOT / "README.md").read_text())
NEW = {"Greet"}


async def test_the_use_case_of_the_guide_finds_its_parts_by_name_and_works(
    tmp_path: Path,
) -> None:
    (tmp_path / "greet.py").write_text(USE_CASE)
    spec = spec_from_file_location("greet", tmp_path / "greet.py")
    assert spec is not None
    assert spec.loader is not None
    greet = module_from_spec(spec)
    spec.loader.exec_module(greet)

    async with world() as here:
        ann = await here.actor()
        needed = [field.name for field in fields(greet.GreetHandler)]
        handler = greet.GreetHandler(**{name: here.container.providers[name]() for name in needed})

        greeting = await handler(greet.Greet(actor=ann, user_id=ann.user_id))

    assert f'== "{greeting}"' in TEST


@pytest.mark.parametrize(
    ("code", "module"),
    [
        (ROUTE, "entrypoints.http.routes.profile"),
        (COMMAND, "entrypoints.cli.commands.users"),
    ],
)
def test_the_code_of_the_guide_fits_into_its_file(code: str, module: str) -> None:
    tree = [*ast.walk(ast.parse(code))]
    names = [node for node in tree if isinstance(node, ast.Name)]
    asked = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    own = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    own |= {node.arg for node in tree if isinstance(node, ast.arg)}
    own |= {node.name for node in tree if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)}

    assert asked - own - NEW <= {*vars(import_module(module)), *vars(builtins)}


@pytest.mark.parametrize(("variable", "value"), SWAPS)
def test_an_adapter_is_swapped_by_the_line_that_the_readme_gives(variable: str, value: str) -> None:
    own = {"APP_ENV": "test", "JWT_SECRET": "a secret for tests only, of enough bytes"}

    usual, swapped = (
        containers.build(containers.load(environ).settings)
        for environ in (own, own | {variable: value})
    )

    parts = [
        [part.__class__, vars(part).get("_parameters")]
        for container in (usual, swapped)
        for part in (driver_of(container.storage()), container.cache(), container.password_hasher())
    ]
    assert parts[:3] != parts[3:]


def test_the_readme_swaps_three() -> None:
    assert [name for name, _ in SWAPS] == ["CACHE_URL", "DATABASE_URL", "PASSWORD_HASHER"]
