"""Safe file names from user input."""

import re
import unicodedata
from typing import Final

MAX_BYTES: Final = 128
"""Of the whole name in UTF-8: half of what file systems take, which some (eCryptfs) halve again."""

_READ: Final = 4 * MAX_BYTES
"""Characters that are looked at: normalisation takes long on long runs of combining ones."""

# What separates folders, streams and drives, or is no name on Windows; what looks like a slash, and
# is made one where a system has only 8 bits for it; and `%` and `~`, which are expanded.
_SEPARATORS = re.compile(r'[<>:"/\\|?*%~\u2044\u2215\u2216\u29f5\u29f8]')
_SPACE = re.compile(r"\s+")
# Devices, whatever follows their first dot (Windows, "Naming Files"); superscripts are folded.
_DEVICES = re.compile(
    r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|CLOCK\$|COM[0-9]|LPT[0-9])", re.IGNORECASE
)


def file_name(text: str, extension: str, *, otherwise: str) -> str:
    """Give a name for a file that stays in its folder, whatever `text` says.

    Readable in any script, at most 128 bytes, safe on POSIX and Windows: no path, device, hidden
    file, option of a command, or character that cannot be seen. `otherwise` is the stem where
    nothing is left of `text`. `extension` comes without its dot; both are the caller's own.
    """
    stem = _stem(text, MAX_BYTES - len(f".{extension}".encode()))
    return f"{stem or otherwise}.{extension}"


def ascii_file_name(name: str) -> str:
    """Give what is left of a file's name in ASCII (RFC 6266 §4.3), made by `file_name`."""
    stem, _, extension = name.rpartition(".")
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    return file_name(plain, extension, otherwise="file")


def _stem(text: str, most: int) -> str:
    visible = "".join(map(_harmless, unicodedata.normalize("NFC", text[:_READ])))
    stem = _cut(_trim(_SPACE.sub(" ", visible)), most - 1)
    device = unicodedata.normalize("NFKC", stem.partition(".")[0]).strip()
    return f"_{stem}" if _DEVICES.fullmatch(device) else stem


def _harmless(char: str) -> str:
    """Give the character, what stands for it, or nothing.

    What some systems fold into a separator or a dot, such as a fullwidth slash, is one.
    """
    if char.isspace():
        return " "
    if unicodedata.category(char).startswith("C"):
        return ""
    folded = unicodedata.normalize("NFKC", char)
    return "_" if _SEPARATORS.search(folded) or ("." in folded and char != ".") else char


def _cut(stem: str, most: int) -> str:
    """Cut to so many bytes, between characters and not before a mark that belongs to one."""
    end = len(stem.encode()[:most].decode(errors="ignore"))
    while end and unicodedata.combining(stem[end : end + 1] or " "):
        end -= 1
    return _trim(stem[:end])


def _trim(stem: str) -> str:
    return stem.lstrip(" .-").rstrip(" .")
