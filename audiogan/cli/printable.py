"""Texts with names of files in them, which may hold anything, as a terminal may be given them."""

from __future__ import annotations


def printable(text: str) -> str:
    r"""One line in which every control character, and every byte of a name that is not UTF-8, stands as its escape.

    >>> print(printable("new\nline, \x1b[31mred, caf\udce9 and café"))
    new\nline, \x1b[31mred, caf\xe9 and café
    """
    decoded = text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in decoded)


def printable_lines(text: str) -> str:
    """As :func:`printable`, for a text of several lines, which stay."""
    return "\n".join(map(printable, text.split("\n")))
