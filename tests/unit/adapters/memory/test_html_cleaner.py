import pytest

from adapters.memory.html_cleaner import EscapingHtmlCleaner
from application.ports.html_cleaner import HtmlCleaner
from tests.unit.contracts.html_cleaner import HtmlCleanerContract


class TestEscapingHtmlCleaner(HtmlCleanerContract):
    @pytest.fixture
    def cleaner(self) -> HtmlCleaner:
        return EscapingHtmlCleaner()
