"""Whether a shared library of Linux is complete.

The loader maps a file that ends early as if it were whole, and the process ends when it touches what is not there.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

_MAGIC: Final = b"\x7fELF"
_HEADER: Final = 64
_SEGMENT: Final = 56
_LOADED: Final = 1


def what_is_cut_off(path: Path) -> str | None:
    """What the file lacks of the segments that its header promises; None if nothing, or if it is no 64-bit ELF file.

    The fields are those of System V's ABI, "Object Files".

    :raises OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        content = file.read()
    if not content.startswith(_MAGIC):
        return None
    if len(content) < _HEADER:
        return f"{len(content)} bytes, and its header alone has {_HEADER}"
    bits, order = content[4], ">" if content[5] == 2 else "<"
    if bits != 2:
        return None
    (table,) = struct.unpack_from(f"{order}Q", content, 32)
    entry, count = struct.unpack_from(f"{order}HH", content, 54)
    needed = table + entry * count
    if entry >= _SEGMENT and needed <= len(content):
        for index in range(count):
            kind, _, offset, _, _, size = struct.unpack_from(f"{order}IIQQQQ", content, table + index * entry)
            if kind == _LOADED:
                needed = max(needed, offset + size)
    return None if needed <= len(content) else f"{len(content)} of {needed} bytes"
