from asyncio import gather, to_thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from application.ports.html_cleaner import HtmlCleaner
from tests.unit.contracts.html_attacks import ATTACKS

_TAGS = {"a", "br", "em", "li", "ol", "p", "strong", "ul"}
_SCHEMES = ("http://", "https://", "mailto:")
_PIECES = st.lists(
    st.sampled_from([*"<>/&;\"'= \n\0", "<!--", "-->", "<a href=", "<svg>", "<math>", "<style>"])
    | st.sampled_from(["javascript:", "onload=", "</p>", "<table>", "<li>", "&#60;", "]]>", "<p"])
    | st.text(max_size=5),
    max_size=30,
)


class HtmlCleanerContract:
    """Every cleaner passes this; a subclass gives `cleaner`, which has no state."""

    @pytest.mark.parametrize(
        "around", ["{}", "<p>Hello {} there</p>", "<ul><li>{}", "x<br>{}</em>"]
    )
    def test_nothing_dangerous_survives(self, cleaner: HtmlCleaner, around: str) -> None:
        cleaned = {attack: cleaner.clean(around.replace("{}", attack)) for attack in ATTACKS}

        assert {attack: dangers(html) for attack, html in cleaned.items() if dangers(html)} == {}
        assert [html for html in cleaned.values() if cleaner.clean(html) != html] == []

    # A cleaner has no state, so the examples may share one, and each cleaner draws its own.
    @settings(
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.differing_executors,
        ]
    )
    @given(pieces=_PIECES)
    def test_whatever_it_is_given_it_is_harmless_and_stays_as_it_is(
        self, cleaner: HtmlCleaner, pieces: list[str]
    ) -> None:
        cleaned = cleaner.clean("".join(pieces))

        assert dangers(cleaned) == []
        assert cleaner.clean(cleaned) == cleaned

    @pytest.mark.parametrize(
        "text", ["I grow sunflowers.", "a\nb", "Ünï 👩\u200d🚀", "1 &lt; 2 &amp; 3"]
    )
    def test_text_is_kept(self, cleaner: HtmlCleaner, text: str) -> None:
        assert cleaner.clean(text) == text

    def test_what_only_looks_like_html_is_kept_as_text(self, cleaner: HtmlCleaner) -> None:
        assert cleaner.clean("I <3 Q&A, 1 < 2") == "I &lt;3 Q&amp;A, 1 &lt; 2"

    async def test_many_may_clean_at_the_same_time(self, cleaner: HtmlCleaner) -> None:
        texts = [f"<p>{number} & more" for number in range(20)]

        together = await gather(*(to_thread(cleaner.clean, text) for text in texts))

        assert together == [*map(cleaner.clean, texts)]


def dangers(html: str) -> list[str]:
    """Tell what a browser would find in the body of a page besides text and formatting.

    Read by another parser than any cleaner's. Everything outside of the body is a danger too.
    """
    page = LexborHTMLParser(f"<!doctype html><html><head></head><body><div>{html}</div></body>")
    found: list[str] = []
    for node in page.root.traverse(include_text=True) if page.root else []:
        if node.tag not in {"html", "head", "body", "div", "-text"}:
            found += _dangers_of(node)
        elif node.attributes:
            found.append(f"<{node.tag}> with attributes")
    if len(page.css("div")) != 1 or (page.head and page.head.child):
        found.append("it leaves its place")
    return found


def _dangers_of(node: LexborNode) -> list[str]:
    if node.tag not in _TAGS:
        return [f"<{node.tag}>"]
    allowed = {"href", "rel"} if node.tag == "a" else set()
    found = [f"{node.tag} {name}" for name in node.attributes if name not in allowed]
    link = node.attributes.get("href")
    if link is not None and not link.lower().startswith(_SCHEMES):
        found.append(f"href {link}")
    return found
