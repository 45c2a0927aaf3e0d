"""Documentation page: plain HTML without script."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from application.version import VERSION
from entrypoints.http.docs.markup import Html, prose, tag, together
from entrypoints.http.docs.operation import method_badge, operation_article
from entrypoints.http.openapi.document import TITLE, schemas_for
from entrypoints.http.openapi.operations import Operation

_INTRODUCTION: Final = """
Bodies are JSON. An answer that worked is `{"status": "success", "data": ...}`; one that was
refused is `{"status": "fail", "data": {"code", "message", "errors", "request_id"}}`, and trouble
on our side says `"status": "error"`. Ask for `application/problem+json` in `Accept` to get errors
as RFC 9457 has them. Rely on `code`: it never changes.

Routes that need a token take it as `Authorization: Bearer ...`. Every answer carries
`X-Request-ID`, yours when you sent one; name it when you report a problem.
"""


def render(listed: tuple[Operation, ...]) -> str:
    """The whole page; the address of the service is still to be filled in."""
    tags = [(name, tuple(group)) for name, group in groupby(listed, lambda each: each.tag)]
    body = tag("body", _top(), tag("div", _sidebar(tags), _main(listed, tags), class_="page"))
    return "<!DOCTYPE html>" + tag("html", _head(), body, lang="en")


def _head() -> Html:
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"{TITLE} {VERSION}"),
        tag("link", rel="stylesheet", href="/docs/style.css"),
    )


def _top() -> Html:
    name = tag("a", TITLE, href="#top", class_="name")
    version = tag("span", VERSION, class_="version")
    return tag("header", name, version, tag("a", "openapi.json", href="/openapi.json"), id="top")


def _sidebar(tags: list[tuple[str, tuple[Operation, ...]]]) -> Html:
    groups = (
        together(tag("h2", name), tag("ul", *(_link(each) for each in group)))
        for name, group in tags
    )
    return tag("nav", *groups, class_="operations")


def _link(operation: Operation) -> Html:
    name = tag("span", operation.summary)
    return tag("li", tag("a", method_badge(operation), name, href=f"#{operation.id}"))


def _main(listed: tuple[Operation, ...], tags: list[tuple[str, tuple[Operation, ...]]]) -> Html:
    return tag("main", tag("h1", f"{TITLE} API"), prose(_INTRODUCTION), *_sections(listed, tags))


def _sections(
    listed: tuple[Operation, ...], tags: list[tuple[str, tuple[Operation, ...]]]
) -> Iterator[Html]:
    schemas = schemas_for(listed)
    for name, group in tags:
        articles = (operation_article(each, schemas) for each in group)
        yield tag("section", tag("h2", name), *articles)
