"""Reading an RSA key takes 0.2 s: each of the keys of this run is checked and imported once."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from adapters.jwt import jwk

Material = tuple[tuple[str, str], ...]
_checked: Any = jwk._imported


@cache
def _once(kind: Any, material: Material) -> Any:  # noqa: ANN401 - what the module gives
    return _checked(kind, dict(material))


@pytest.fixture(autouse=True)
def _imported_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def imported(kind: object, material: Mapping[str, str]) -> Any:  # noqa: ANN401 - as above
        return _once(kind, tuple(sorted(material.items())))

    monkeypatch.setattr(jwk, "_imported", imported)
