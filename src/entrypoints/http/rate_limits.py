"""How often each route may be called."""

from collections.abc import Iterable, Iterator
from typing import Final

from litestar.routes import HTTPRoute
from litestar.routes.base import BaseRoute

from application.invalid_settings import InvalidSettings
from application.limits.groups import API, API_USER, AUTH, Limits
from application.limits.limit_call import CallLimits

GROUP: Final = "limits"
"""What a route names its group by: `limits=AUTH`; without, it is one of `api`."""


class RouteLimits:
    """The limits of every route: its own, or those of its group."""

    def __init__(self, limits: Limits, routes: Iterable[BaseRoute]) -> None:
        """Raise InvalidSettings when a limit is for a route that there is not."""
        self._others = CallLimits(
            bucket=API,
            name=API,
            per_address=limits[API],
            user_name=API_USER,
            per_user=limits[API_USER],
        )
        self._by_route = {route: self._of(route, group, limits) for route, group in _groups(routes)}
        unknown = [name for name in limits if " " in name and name not in self._by_route]
        if unknown:
            known = ", ".join(sorted(self._by_route))
            raise InvalidSettings(
                (f"RATE_LIMITS: there is no route {', '.join(unknown)}. There are {known}.",)
            )

    def of(self, method: str, template: str) -> CallLimits:
        """Give the limits of a route; what is none is limited like most."""
        return self._by_route.get(f"{method} {template}", self._others)

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
        if group == AUTH:
            return CallLimits(
                bucket=f"{AUTH} {route}",
                name=AUTH,
                per_address=limits[AUTH],
                user_name=AUTH,
                per_user=None,
            )
        return self._others


def _groups(routes: Iterable[BaseRoute]) -> Iterator[tuple[str, str]]:
    for route in routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                for method in handler.http_methods:
                    yield f"{method} {route.path_format}", handler.opt.get(GROUP, API)
