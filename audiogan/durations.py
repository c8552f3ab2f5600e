"""Time spans in words."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """A time span in its two largest units.

    >>> duration(42.4), duration(200), duration(7300), duration(200_000)
    ('42 s', '3 min 20 s', '2 h 1 min', '2 d 7 h')
    """
    seconds = round(seconds)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    if seconds < 86400:
        return f"{seconds // 3600} h {seconds % 3600 // 60} min"
    return f"{seconds // 86400} d {seconds % 86400 // 3600} h"
