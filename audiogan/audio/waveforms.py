"""Waveforms ``[channels, length]``: from the channels of a recording to those of a dataset, and how loud they are."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audiogan.errors import DataError


def check_channels(path: Path, held: int, wanted: int, *, repeat_mono: bool) -> None:
    """Whether a recording of ``held`` channels can be taken where ``wanted`` are asked for.

    One channel can be made of any number: their mean. Several are taken from recordings of as many, or, with
    ``repeat_mono``, from those of one.

    :raises DataError: it cannot; the text says which option would change that.
    """
    if wanted in (1, held) or (repeat_mono and held == 1):
        return
    if held == 1:
        held_is, advice = "1 channel", "set repeat_mono = true to repeat it, or channels = 1"
    else:
        held_is, advice = f"{held} channels", f"set channels = 1 to mix them down, or channels = {held}"
    raise DataError(f"{path}: {held_is} where channels = {wanted} is asked for; {advice}, or leave such recordings out")


def match_channels(waveform: NDArray[np.float32], wanted: int) -> NDArray[np.float32]:
    """The waveform ``[channels, length]`` as ``[wanted, length]``: the mean of all, all as they are, one repeated."""
    held = waveform.shape[0]
    if held == wanted:
        return waveform
    if wanted == 1:
        # Channel by channel: decoded samples are interleaved, over which numpy's mean takes several times as long.
        mixed: NDArray[np.float32] = waveform[0].copy()
        for channel in waveform[1:]:
            mixed += channel
        mixed /= np.float32(held)
        return mixed[np.newaxis]
    if held == 1:
        return np.repeat(waveform, wanted, axis=0)
    raise ValueError(f"{held} channels cannot be made into {wanted}")


def level_dbfs(waveform: NDArray[np.floating[Any]]) -> float:
    """The root mean square of all samples, of whatever shape, in decibels relative to 1; minus infinity for silence.

    A sine of amplitude 1 has -3.01 dBFS, a square wave 0: the definition without the 3 dB that AES17 adds.

    >>> round(level_dbfs(np.array([[0.1, -0.1]])), 6)
    -20.0
    """
    mean_square = float(np.mean(np.square(waveform, dtype=np.float64)))
    return 10 * math.log10(mean_square) if mean_square > 0 else -math.inf
