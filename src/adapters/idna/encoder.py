"""Internationalised domain names (IDNA 2008 after the mapping of UTS #46)."""

import idna

# RFC 1035 §2.3.4, and a root dot. A cap before the work: the mapping is slow on long input.
_MAX_LENGTH = 254


def to_ascii(domain: str) -> str:
    """Give the A-label form of a domain; a name in ASCII comes back as it is.

    Dots of other scripts count as dots. Raises ValueError for a name that has no such form.
    """
    if domain.isascii():
        return domain
    if len(domain) > _MAX_LENGTH:
        raise ValueError("This domain name is too long.")
    return idna.encode(domain, uts46=True).decode("ascii")
