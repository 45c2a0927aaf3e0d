"""HTML builder that escapes its input."""

import re
from html import escape
from typing import Final

_CODE: Final = re.compile(r"`([^`]+)`")
_VOID: Final = {"link", "meta"}


class Html(str):
    """Text that is markup already; any other text is escaped on its way in."""

    __slots__ = ()


def tag(name: str, /, *children: str, **attributes: str) -> Html:
    """An element; `class_` stands for the attribute `class`."""
    written = "".join(f' {key.rstrip("_")}="{escape(value)}"' for key, value in attributes.items())
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{together(*children)}</{name}>")


def together(*children: str) -> Html:
    """Pieces of a page, one after the other."""
    return Html("".join(c if isinstance(c, Html) else escape(c) for c in children))


def prose(text: str) -> Html:
    """Paragraphs of plain text, in which `backticks` mark code."""
    paragraphs = (part.strip() for part in text.split("\n\n"))
    return together(*(tag("p", inline(part)) for part in paragraphs if part))


def inline(text: str) -> Html:
    """One piece of text, in which `backticks` mark code."""
    return Html(_CODE.sub(r"<code>\1</code>", escape(text, quote=False)))
