"""Texts with names of files in them, which may hold anything, as a terminal may be given them."""

from __future__ import annotations

_UNDECODED_BYTES_FROM = 0xDC00
_UNDECODED_BYTES = frozenset(chr(_UNDECODED_BYTES_FROM + byte) for byte in range(0x80, 0x100))
"""What Python makes of the bytes in a file's name that are not UTF-8 (PEP 383)."""


def printable(text: str) -> str:
    r"""One line in which every control character, and every byte of a name that is not UTF-8, stands as its escape.

    >>> print(printable("new\nline, \x1b[31mred, caf\udce9 and café"))
    new\nline, \x1b[31mred, caf\xe9 and café
    """
    return "".join(character if character.isprintable() else _escaped(character) for character in text)


def _escaped(character: str) -> str:
    if character in _UNDECODED_BYTES:
        return f"\\x{ord(character) - _UNDECODED_BYTES_FROM:02x}"
    return character.encode("unicode_escape").decode()


def printable_lines(text: str) -> str:
    """As :func:`printable`, for a text of several lines, which stay."""
    return "\n".join(map(printable, text.split("\n")))
