"""Adapter look-up by URL scheme, built-in and from entry points."""

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from application.invalid_settings import InvalidSettings
from application.settings import Settings

GROUP = "armature.adapters"
"""The entry-point group of other packages' adapters; an entry is named `<role>.<scheme>`."""

Factory = Callable[[str, Settings], Any]
"""Builds an adapter from its URL and the settings; what it is, its role says."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")


def find_adapter(role: str, url: str, variable: str, own: Mapping[str, str]) -> Factory:
    """Give the factory for `url`: one of our `own` (scheme to `module:name`), or a package's.

    Modules are imported only here, so that an adapter that is not used costs nothing. Raises
    InvalidSettings, on `variable`, for a scheme that nobody knows.
    """
    match = _SCHEME.match(url)
    scheme = match[1].lower() if match else ""
    if scheme in own:
        module, _, name = own[scheme].partition(":")
        factory: Factory = getattr(import_module(module), name)
        return factory
    others = {entry.name: entry for entry in entry_points(group=GROUP)}
    if (entry := others.get(f"{role}.{scheme}")) is not None:
        loaded: Factory = entry.load()
        return loaded
    known = sorted({*own, *_schemes(role, others)})
    problem = (
        f"{variable}: there is no {role.replace('_', ' ')} for the scheme {scheme!r}. "
        f"Known ones: {', '.join(known)}."
    )
    raise InvalidSettings((problem,))


def _schemes(role: str, names: Mapping[str, object]) -> list[str]:
    return [name.removeprefix(f"{role}.") for name in names if name.startswith(f"{role}.")]
