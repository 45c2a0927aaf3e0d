"""Nothing of the public surface is lost in silence."""

import json

import pytest

from tests import inventory

TAKEN = json.loads(inventory.FILE.read_text("utf-8"))
NOW = json.loads(inventory.as_text())


@pytest.mark.parametrize("subject", sorted(TAKEN | NOW))
def test_what_the_inventory_lists_is_there_and_nothing_else(subject: str) -> None:
    """Where the change is meant: `python -m tests.inventory`, and read its diff."""
    assert NOW.get(subject) == TAKEN.get(subject)
