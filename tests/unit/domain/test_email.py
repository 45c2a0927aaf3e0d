import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from adapters.idna.encoder import to_ascii
from domain.errors import ValidationFailed
from domain.user.email import MAX_BYTES, EmailAddress

LABEL = "a" * 63


def parse(text: str) -> EmailAddress:
    return EmailAddress.parse(text, to_ascii)


# From the tests of the HTML rule in web-platform-tests, and the lists that mail software shares.
@pytest.mark.parametrize(
    "address",
    [
        "something@something.com",
        "someone@localhost.localdomain",
        "someone@127.0.0.1",
        "a@b.b",
        "a@b",
        "a/b@domain.com",
        "{}@domain.com",
        "m*'!%@something.com",
        "tu!!7n7.ad##0!!!@company.ca",
        "%@com.com",
        "!#$%&'*+/=?^_`{|}~.-@com.com",
        ".wooly@example.com",
        "wo..oly@example.com",
        "someone@do-ma-in.com",
        "somebody@example",
        "firstname+lastname@example.com",
        "1234567890@example.com",
        "_______@example.com",
        f"{'x' * 100}@example.com",
        f"a@{LABEL}.com",
        "\u000aa@p.com\u000a",
        "\u000da@p.com\u000d",
        "  a@p.com\t",
    ],
)
def test_an_address_by_the_html_rule_is_accepted(address: str) -> None:
    assert parse(address).key == address.strip().lower()


@pytest.mark.parametrize(
    "address",
    [
        "",
        " ",
        "@",
        "a@",
        "@b",
        "plain",
        "a@@b",
        "a@b@c.com",
        "a@.com",
        "a@com.",
        "a@b..com",
        "a@-b.com",
        "a@b-.com",
        f"a@{LABEL}a.com",
        "a@b_c.com",
        "a@b c.com",
        "a b@c.com",
        "a\n@p.com",
        "a@p\n.com",
        "a@p.com\0",
        "\0a@p.com",
        "a\0@p.com",
        'a"b@c.com',
        '"quoted"@c.com',
        "a,b@c.com",
        "a;b@c.com",
        "a:b@c.com",
        "a(b)@c.com",
        "<a@b.com>",
        "A <a@b.com>",
        "a\\@b.com",
        "a@[127.0.0.1]",
        "a@b.com,c@d.com",
        "ddjk-s-jk@asl-.com",
        "someone@do~main.com",
        "foo@bar.com\ud800",
        "\ud800@bar.com",
        "foo@\udfff.com",
        "josé@example.com",
        "用户@example.com",
        "a\u200b@example.com",
        "a\u202e@example.com",
        "\uff41@example.com",
        "a\uff20example.com",
        "a@☃.net",
        "a@ü..de",
        f"a@{'ü' * 64}.de",
        "a@xn--ü.de",
        "a@ex\u2028ample.com",
    ],
)
def test_anything_else_is_refused_on_the_field_email(address: str) -> None:
    with pytest.raises(ValidationFailed) as caught:
        parse(address)

    assert [error.field for error in caught.value.errors] == ["email"]


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("Ada.Lovelace@Example.COM", "ada.lovelace@example.com"),
        ("ada@MÜNCHEN.de", "ada@xn--mnchen-3ya.de"),
        ("ada@mu\u0308nchen.de", "ada@xn--mnchen-3ya.de"),
        ("ada@例え。テスト", "ada@xn--r8jz45g.xn--zckzah"),
        ("ada@XN--MNCHEN-3YA.de", "ada@xn--mnchen-3ya.de"),
    ],
)
def test_case_and_script_make_no_other_address(address: str, key: str) -> None:
    assert parse(address).key == key


@pytest.mark.parametrize("unseen", ["\u200b", "\u00ad", "\u2060", "\u202e"])
def test_what_nobody_sees_is_no_part_of_an_address(unseen: str) -> None:
    with pytest.raises(ValidationFailed):
        parse(f"ada@exa{unseen}mple.com")


def test_the_written_form_is_kept_but_for_space_around_it_and_nfc() -> None:
    assert parse("  Ada@Mu\u0308nchen.DE ").written == "Ada@M\u00fcnchen.DE"


def test_an_address_has_at_most_254_bytes() -> None:
    domain = f"{LABEL}.{LABEL}.{LABEL}"

    assert len(parse(f"{'a' * 62}@{domain}").key) == MAX_BYTES
    with pytest.raises(ValidationFailed, match="valid"):
        parse(f"{'a' * 63}@{domain}")


def test_both_the_a_label_form_and_the_written_form_are_bounded() -> None:
    wide = ".".join(["ü" * 20] * 6)

    with pytest.raises(ValidationFailed):
        parse(f"{'a' * 100}@{wide}.de")


def test_a_megabyte_is_refused_quickly() -> None:
    for address in ("a" * 1_000_000, f"a@{'ü' * 1_000_000}", f"a@{'a.' * 500_000}a", "@" * 10**6):
        with pytest.raises(ValidationFailed):
            parse(address)


LOCAL = st.text("abcXYZ019.!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=60)
DOMAIN = st.lists(st.from_regex(r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,8}[a-zA-Z0-9])?", fullmatch=True))


@given(LOCAL, DOMAIN.filter(bool).filter(lambda labels: len(labels) < 10))
def test_any_such_address_is_accepted_and_is_its_own_key_lower_cased(
    local: str, labels: list[str]
) -> None:
    address = f"{local}@{'.'.join(labels)}"

    assert parse(address) == EmailAddress(address, address.lower())


@given(st.text() | st.from_regex(r"[a-zA-Z]+@[\w.]+"))
def test_reading_is_idempotent_and_refuses_with_one_error_only(text: str) -> None:
    try:
        address = parse(text)
    except ValidationFailed:
        return

    assert parse(address.key) == EmailAddress(address.key, address.key)
    assert parse(address.written) == address
    assert address.key.isascii()
    assert unicodedata.is_normalized("NFC", address.written)


# NFC makes ASCII of three characters, such as the sign of Kelvin.
@given(st.text(min_size=1))
@example("ann\u212a")
def test_a_local_part_that_is_not_ascii_is_refused(local: str) -> None:
    assume(not local.strip().isascii())

    with pytest.raises(ValidationFailed):
        parse(f"{local}@example.com")
