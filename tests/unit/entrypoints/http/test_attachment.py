from email.message import Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.file_name import file_name
from entrypoints.http.responses import attachment


def disposition(text: str) -> str:
    return attachment(file_name(text, "json", otherwise="account"))["Content-Disposition"]


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("Ann Lee", "attachment; filename=\"Ann Lee.json\"; filename*=UTF-8''Ann%20Lee.json"),
        ("Zoë", "attachment; filename=\"Zoe.json\"; filename*=UTF-8''Zo%C3%AB.json"),
        ("李", "attachment; filename=\"file.json\"; filename*=UTF-8''%E6%9D%8E.json"),
        (
            "O'Lee (1)",
            "attachment; filename=\"O'Lee (1).json\"; filename*=UTF-8''O%27Lee%20%281%29.json",
        ),
    ],
)
def test_the_header_names_the_file_in_both_ways(text: str, header: str) -> None:
    assert disposition(text) == header


@given(st.text())
def test_no_name_leaves_its_place_in_the_header(text: str) -> None:
    header = disposition(text)

    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    message = Message()
    message["Content-Disposition"] = header
    assert message.get_content_disposition() == "attachment"
    read = {name for name, _ in message.get_params(header="content-disposition") or ()}
    assert read == {"attachment", "filename"}
