import json

import pytest

from entrypoints.cli.rendering import as_fields, as_json
from tests.unit.entrypoints.cli.driving import EXPORT, SESSION, TOKENS, USER, USER_JSON


def test_a_view_is_an_object_of_its_fields_at_any_depth() -> None:
    written = json.loads(as_json({"data": EXPORT}))["data"]

    assert written["user"] == USER_JSON
    assert written["audit"][0]["details"] == {"role": "admin"}
    assert [*written["sessions"][0]][:6] == [*json.loads(as_json(SESSION))]


def test_fields_that_are_hidden_from_repr_are_never_printed() -> None:
    assert {*json.loads(as_json(TOKENS))} == {"expires_in", "session_id"}
    assert TOKENS.refresh_token not in as_fields(TOKENS)


def test_what_has_no_json_form_is_an_error() -> None:
    with pytest.raises(TypeError, match="object has no JSON form"):
        as_json({"user": USER, "other": object()})
