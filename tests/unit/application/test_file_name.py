import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from application.file_name import MAX_BYTES, ascii_file_name, file_name


def name(text: str) -> str:
    return file_name(text, "json", otherwise="account")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Ann Lee", "Ann Lee.json"),
        ("José  Ñandú\t", "José Ñandú.json"),
        ("Jose\u0301", "Jos\u00e9.json"),
        ("李小龍 🌻", "李小龍 🌻.json"),
        ("", "account.json"),
        ("...", "account.json"),
        ("../../etc/passwd", "_.._etc_passwd.json"),
        ("..\\..\\boot.ini", "_.._boot.ini.json"),
        ("/etc/passwd", "_etc_passwd.json"),
        ("C:\\x", "C__x.json"),
        ("\uff0e\uff0e\uff0fetc", "___etc.json"),
        ("a\u2044b\u2215c\u2100", "a_b_c_.json"),
        (".bashrc", "bashrc.json"),
        ("-rf", "rf.json"),
        ("~root $HOME %PATH%", "_root $HOME _PATH_.json"),
        ("a.json. . ", "a.json.json"),
        ("a\0b", "ab.json"),
        ("a\r\nSet-Cookie: b", "a Set-Cookie_ b.json"),
        ('a"; filename=b.exe', "a_; filename=b.exe.json"),
        ("\u202egpj.exe", "gpj.exe.json"),
        ("a\u200b\u2066b\ufeff", "ab.json"),
        ("a\u2028b", "a b.json"),
        ("con", "_con.json"),
        ("NUL.txt", "_NUL.txt.json"),
        ("Com1 .x", "_Com1 .x.json"),
        ("COM\u00b9", "_COM\u00b9.json"),
        ("\uff23\uff2f\uff2e", "_\uff23\uff2f\uff2e.json"),
        ("Conrad", "Conrad.json"),
    ],
)
def test_a_file_is_called_like_its_owner_and_stays_in_its_folder(text: str, named: str) -> None:
    assert name(text) == named


def test_a_long_name_is_cut_between_characters() -> None:
    assert name("ü" * 100) == "ü" * 61 + ".json"
    assert name("a" + "q\u0323\u0307" * 50).endswith("q\u0323\u0307.json")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Ann Lee", "Ann Lee.json"),
        ("José", "Jose.json"),
        ("李小龍", "file.json"),
        ("\uff43on", "_con.json"),
    ],
)
def test_old_clients_get_what_is_left_in_ascii(text: str, plain: str) -> None:
    assert ascii_file_name(name(text)) == plain


DEVICES = {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"}
DEVICES |= {f"{port}{number}" for port in ("com", "lpt") for number in range(10)}


@given(
    st.text()
    | st.lists(
        st.sampled_from(["..", "/", "\\", "con", ".", " ", "\0", "\uff0f", "\u202e", "ü", "-", "~"])
    ).map("".join)
)
@example("." * 300)
@example("\u0301" * 200)
def test_any_text_becomes_the_name_of_one_harmless_file(text: str) -> None:
    for made in (name(text), ascii_file_name(name(text))):
        assert len(made.encode()) <= MAX_BYTES
        assert made.endswith(".json")
        assert made[0] not in " .-~"
        stem = made.removesuffix(".json")
        assert stem == stem.strip(" ")
        assert stem[-1] != "."
        for folded in (made, unicodedata.normalize("NFKC", made)):
            assert PurePosixPath(folded).name == PureWindowsPath(folded).name == folded
            assert folded.partition(".")[0].strip().lower() not in DEVICES
        assert not any(unicodedata.category(char)[0] in "CZ" and char != " " for char in made)
    assert name(stem_of(name(text))) == name(text)


def stem_of(made: str) -> str:
    return made.removesuffix(".json")
