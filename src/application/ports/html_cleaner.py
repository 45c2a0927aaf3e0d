"""Port: sanitizes HTML from users."""

from typing import Protocol


class HtmlCleaner(Protocol):
    """Makes HTML that may be put into a page, as the content of an element."""

    def clean(self, html: str) -> str:
        """Give what is harmless of `html`: its text, and at most the formatting of a short text.

        No element that runs, loads, embeds, styles or sends anything survives, no attribute but
        a link's, and no link to anything but `http`, `https` and `mailto`. What was cleaned once
        comes back as it is. Any text is HTML, so nothing is raised.
        """
        ...
