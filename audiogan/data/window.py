"""Cutting a window out of a clip."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def random_start(length: int, window_length: int, *, rng: np.random.Generator) -> int:
    """A start for a window within ``length`` samples, every one that fits being as likely; 0 where none fits."""
    latest = length - window_length
    return int(rng.integers(latest + 1)) if latest > 0 else 0


def cut_window(samples: NDArray[np.float32], start: int, window_length: int) -> NDArray[np.float32]:
    """The ``window_length`` samples from ``start`` of ``samples`` ``[channels, length]``, contiguous.

    A clip that ends within the window is followed by zeros, as in the original WaveGAN.
    """
    window = np.empty((samples.shape[0], window_length), dtype=np.float32)
    write_window(samples, start, into=window)
    return window


def write_window(samples: NDArray[np.float32], start: int, *, into: NDArray[np.float32]) -> None:
    """As :func:`cut_window`, into ``into`` ``[channels, window_length]``."""
    piece = samples[:, start : start + into.shape[1]]
    into[:, : piece.shape[1]] = piece
    into[:, piece.shape[1] :] = 0
