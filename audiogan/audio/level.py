"""How loud a waveform is."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray


def level_dbfs(waveform: NDArray[np.floating[Any]]) -> float:
    """The root mean square of all samples, of whatever shape, in decibels relative to 1; minus infinity for silence.

    A sine of amplitude 1 has -3.01 dBFS, a square wave 0: the definition without the 3 dB that AES17 adds.

    >>> round(level_dbfs(np.array([[0.1, -0.1]])), 6)
    -20.0
    """
    mean_square = float(np.mean(np.square(waveform, dtype=np.float64)))
    return 10 * math.log10(mean_square) if mean_square > 0 else -math.inf
