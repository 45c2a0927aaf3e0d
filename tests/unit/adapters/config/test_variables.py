from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from operator import attrgetter
from types import UnionType
from typing import Any, get_origin

import pytest

from adapters.config.variables import VARIABLES, Variable
from application.settings import Settings
from tests.unit.adapters.config.loading import load

WITHOUT_FIELD = {"REDIS_URL"}
"""Only a default of other variables."""
WITHOUT_VARIABLE = {"database.is_default", "inherited"}
"""Facts about where a value came from."""


def fields_of_settings() -> Iterator[tuple[str, Field[Any]]]:
    for field in fields(Settings):
        if str(field.type).endswith("Settings'>"):
            for each in fields(field.type):  # type: ignore[arg-type] # as its name says
                yield f"{field.name}.{each.name}", each
        else:
            yield field.name, field


FIELDS = dict(fields_of_settings())
ROWS = {variable.name: variable.field for variable in VARIABLES}


@pytest.mark.parametrize("name", ROWS)
def test_each_variable_sets_a_field_of_settings(name: str) -> None:
    assert ROWS[name] in FIELDS or name in WITHOUT_FIELD
    assert [*ROWS.values()].count(ROWS[name]) == 1


@pytest.mark.parametrize("field", FIELDS)
def test_each_field_of_settings_is_set_by_a_variable(field: str) -> None:
    assert (field in ROWS.values()) is not (field in WITHOUT_VARIABLE)


@pytest.mark.parametrize("name", [name for name in ROWS if name not in WITHOUT_FIELD])
def test_the_default_of_a_variable_is_that_of_its_field_and_of_its_type(name: str) -> None:
    field = FIELDS[str(ROWS[name])]
    default = field.default_factory() if callable(field.default_factory) else field.default
    value = attrgetter(str(ROWS[name]))(load({}))

    origin = get_origin(field.type)
    assert isinstance(value, field.type if origin in {None, UnionType} else origin)  # type: ignore[arg-type]
    assert default is MISSING or value == default


def test_each_name_stands_once_and_a_fallback_above_what_it_is_for() -> None:
    names = [variable.name for variable in VARIABLES]

    assert len(names) == len(ROWS)
    for number, variable in enumerate(VARIABLES):
        assert variable.fallback in {None, *names[:number]}


def test_a_default_that_depends_on_something_says_so() -> None:
    def is_silent(variable: Variable) -> bool:
        return callable(variable.default) and not variable.shown

    assert [variable.name for variable in VARIABLES if is_silent(variable)] == []
