"""Every route declares its rules: guard, rate limits, body limit and errors."""

from collections.abc import Iterator

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import Empty

from entrypoints.http.app import create_app
from entrypoints.http.exchange import is_probe
from entrypoints.http.guards import public
from entrypoints.http.rate_limiting.limits import GROUP, UNLIMITED
from entrypoints.http.route_rules import rules


def handlers() -> Iterator[tuple[str, HTTPRouteHandler]]:
    for route in create_app().routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else ():
            if handler.http_methods != {"OPTIONS"}:
                yield route.path_format, handler


def declares_rules(handler: HTTPRouteHandler) -> bool:
    return (
        handler.before_request is not None
        and GROUP in handler.opt
        and handler.request_max_body_size is not Empty
        and handler.responses is not None
    )


def test_every_route_declares_its_rules() -> None:
    assert [path for path, handler in handlers() if not declares_rules(handler)] == []


def test_a_route_without_rules_is_found() -> None:
    @get("/with", **rules(public))
    async def with_rules() -> None: ...

    @get("/without", before_request=public)
    async def without() -> None: ...

    assert declares_rules(with_rules)
    assert not declares_rules(without)


def test_health_checks_alone_are_unlimited() -> None:
    unlimited = {path for path, handler in handlers() if handler.opt[GROUP] == UNLIMITED}

    assert unlimited == {path for path, _ in handlers() if is_probe(path)}
