"""Making windows of recordings that are shorter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PADDINGS = ("end", "both", "repeat")
"""Zeros behind the recording; zeros on both sides of it; the recording over and over from its beginning."""


def padded(waveform: NDArray[np.float32], window_length: int, padding: str) -> NDArray[np.float32]:
    """A waveform ``[channels, length]`` as ``[channels, window_length]``, by one of ``PADDINGS``.

    ``length`` is at least 1. One that is not shorter is cut at its end. Of an odd number of zeros on both sides, the
    larger half comes last.
    """
    missing = window_length - waveform.shape[1]
    if missing <= 0:
        return waveform[:, :window_length]
    if padding == "repeat":
        return np.pad(waveform, ((0, 0), (0, missing)), mode="wrap")
    before = missing // 2 if padding == "both" else 0
    return np.pad(waveform, ((0, 0), (before, missing - before)))
