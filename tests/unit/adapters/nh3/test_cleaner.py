import pytest

from adapters.nh3.cleaner import Nh3HtmlCleaner
from application.ports.html_cleaner import HtmlCleaner
from tests.unit.contracts.html_attacks import ATTACKS
from tests.unit.contracts.html_cleaner import HtmlCleanerContract, dangers

REL = 'rel="nofollow ugc noopener noreferrer"'


class TestNh3HtmlCleaner(HtmlCleanerContract):
    @pytest.fixture
    def cleaner(self) -> HtmlCleaner:
        return Nh3HtmlCleaner()


@pytest.mark.parametrize(
    "html",
    [
        "<p>One</p><p>Two<br>lines</p>",
        "<strong>loud</strong> and <em>clear</em>",
        "<ul><li>a</li><li>b</li></ul><ol><li>c</li></ol>",
        f'<a href="https://example.com/?a=1&amp;b=2" {REL}>page</a>',
        f'<a href="mailto:ann@example.com" {REL}>mail</a>',
    ],
)
def test_the_formatting_of_a_short_text_is_kept(html: str) -> None:
    assert Nh3HtmlCleaner().clean(html) == html


def test_a_link_is_marked_as_a_strangers_whatever_it_says_of_itself() -> None:
    html = '<a href="http://example.com" rel="opener">x</a>'

    assert Nh3HtmlCleaner().clean(html) == f'<a href="http://example.com" {REL}>x</a>'


def test_other_formatting_leaves_its_text() -> None:
    assert Nh3HtmlCleaner().clean("<h1>Hi <b>you</b></h1><img src=x>") == "Hi you"


def test_the_attacks_are_dangerous_until_they_are_cleaned() -> None:
    harmless = [attack for attack in ATTACKS if not dangers(attack)]

    assert len(harmless) < len(ATTACKS) / 10, harmless
