"""HTML sanitizer by nh3, with an allow-list."""

import re

import nh3

from application.ports.html_cleaner import HtmlCleaner

_TAGS = {"a", "br", "em", "li", "ol", "p", "strong", "ul"}
_SCHEMES = {"http", "https", "mailto"}
# What stands in these is no text of a person.
_WITH_CONTENT = (
    "script style template noscript noembed noframes iframe object embed applet svg math title"
    " textarea select xmp plaintext"
)

# Links to pages of strangers: no referrer, no handle on the window, no weight in search engines.
_REL = "nofollow ugc noopener noreferrer"
# Parsers drop tabs and line breaks and take a backslash for a slash; a link needs none of them.
_WHOLE_LINK = re.compile(r"(?:https?://|mailto:)[^\s\\]+", re.IGNORECASE)


# Two are enough for nearly everything; what never settles down was made to do that.
_PASSES = 8


class Nh3HtmlCleaner(HtmlCleaner):
    """Keeps paragraphs, line breaks, emphasis, lists and links."""

    def __init__(self) -> None:
        self._formatted = nh3.Cleaner(
            tags=_TAGS,
            clean_content_tags={*_WITH_CONTENT.split()},
            attributes={"a": {"href"}},
            attribute_filter=_whole_links,
            url_schemes=_SCHEMES,
            url_relative="deny",
            link_rel=_REL,
        )
        self._plain = nh3.Cleaner(tags=set(), attributes={}, link_rel=None)

    def clean(self, html: str) -> str:
        """Clean until nothing changes.

        An element that was taken out may have held others apart: in what is left a parser sees
        other elements than the cleaner saw, and on that difference mutation XSS lives.
        """
        for _ in range(_PASSES):
            html, before = self._formatted.clean(html), html
            if html == before:
                return html
        return self._plain.clean(html)


def _whole_links(tag: str, attribute: str, value: str) -> str | None:
    is_link = (tag, attribute) == ("a", "href")
    return value if not is_link or _WHOLE_LINK.fullmatch(value) else None
