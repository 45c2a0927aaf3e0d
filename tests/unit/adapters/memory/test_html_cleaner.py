import pytest

from adapters.memory.fakes import EscapingHtmlCleaner
from application.ports.html_cleaner import HtmlCleaner
from tests.unit.contracts.html_cleaner import HtmlCleanerContract


class TestEscapingHtmlCleaner(HtmlCleanerContract):
    @pytest.fixture
    def cleaner(self) -> HtmlCleaner:
        return EscapingHtmlCleaner()
