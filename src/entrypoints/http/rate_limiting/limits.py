"""Rate limits of every route."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from litestar.routes import HTTPRoute
from litestar.routes.base import BaseRoute

from application.invalid_settings import InvalidSettings
from application.limits.groups import API, API_USER, LOGIN, PUBLIC, REGISTER, Limits
from application.limits.limit_call import CallLimits

GROUP: Final = "limits"
"""Where a route's group stands among its options; without, it is one of `api`."""
UNLIMITED: Final = "unlimited"
"""The group of health checks."""


class RouteLimits:
    """The limits of every route: its own, or those of its group."""

    def __init__(self, limits: Limits, routes: Iterable[BaseRoute]) -> None:
        """Raise InvalidSettings when a limit is for a route that does not exist."""
        self._others = CallLimits(
            bucket=API,
            name=API,
            per_address=limits[API],
            user_name=API_USER,
            per_user=limits[API_USER],
        )
        self._by_route = {
            (method, template): self._of(f"{method} {template}", group, limits)
            for method, template, group in _groups(routes)
        }
        names = {" ".join(route) for route in self._by_route}
        unknown = [name for name in limits if " " in name and name not in names]
        if unknown:
            known = ", ".join(sorted(names))
            raise InvalidSettings(
                (f"RATE_LIMITS: there is no route {', '.join(unknown)}. There are {known}.",)
            )

    def of(self, method: str, template: str) -> CallLimits:
        """Give the limits of a route; what is none is limited like most."""
        return self._by_route.get((method, template), self._others)

    def _of(self, route: str, group: str, limits: Limits) -> CallLimits:
        if route in limits:
            limit = limits[route]
            return CallLimits(
                bucket=route,
                name=route,
                per_address=limit,
                user_name=f"{route} by user",
                per_user=limit,
            )
        if group in {REGISTER, PUBLIC}:
            return CallLimits(
                bucket=group,
                name=group,
                per_address=limits[group],
                user_name=group,
                per_user=None,
            )
        # What limits wrong passwords counts itself (`application.limits.log_in_attempts`).
        return replace(self._others, by_device=group == LOGIN)


def _groups(routes: Iterable[BaseRoute]) -> Iterator[tuple[str, str, str]]:
    """Give method, path template and group of whatever can have a limit."""
    for route in routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else ():
            if (group := handler.opt.get(GROUP, API)) != UNLIMITED:
                for method in handler.http_methods - {"OPTIONS"}:
                    yield method, route.path_format, group
