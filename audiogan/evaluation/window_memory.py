"""More windows than memory holds, told in words: before they are made where the system says how much there is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from audiogan.errors import DataError
from audiogan.shortage import memory_shortage

_SHARE_FOR_WINDOWS = 0.8
"""The rest is for networks, features and what is computed from the windows a batch at a time."""
_BYTES_A_SAMPLE = 4


def check_windows_fit(count: int, *, channels: int, window_length: int, memory: int | None, way_out: str) -> None:
    """Refuses ``count`` float32 windows that would take more than four fifths of ``memory`` bytes.

    ``way_out`` follows the number that fits. Where ``memory`` is ``None``, nothing is known and nothing refused.

    :raises DataError: they would.
    """
    if memory is None:
        return
    bytes_a_window = _BYTES_A_SAMPLE * channels * window_length
    that_fit = int(_SHARE_FOR_WINDOWS * memory) // bytes_a_window
    if count > that_fit:
        raise DataError(
            f"{count:,} windows of {channels} x {window_length} samples take {count * bytes_a_window / 2**30:,.1f} GiB "
            f"of memory, which has room for {that_fit:,}: {way_out}"
        )


@contextmanager
def shortage_told(count: int) -> Iterator[None]:
    """Says that ``count`` windows are too many where the block cannot have the memory for them.

    :raises DataError: it cannot.
    """
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        shortage = memory_shortage(error)
        if shortage is None:
            raise
        raise DataError(f"{count:,} windows do not fit into memory; ask for fewer ({shortage})") from error
