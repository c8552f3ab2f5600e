"""Loudness as ITU-R BS.1770-4 defines it, and as players and broadcasters state it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import final

import numpy as np
from numpy.typing import NDArray

_BLOCK_S = 0.4
_BLOCKS_A_STEP = 4
"""Blocks overlap by three quarters."""
_ABSOLUTE_GATE = -70.0
_RELATIVE_GATE = -10.0
_OFFSET = -0.691
"""So that a tone of 997 Hz has the loudness of its level (BS.1770-4, annex 1)."""


@final
class LoudnessMeter:
    """Integrated loudness of a recording that is handed over piece by piece.

    Every channel counts alike, as left and right do. The weighting filter is applied to each block's spectrum, which
    closes the block into a ring; for anything but clicks at a block's edge that changes hundredths of a decibel.
    """

    def __init__(self, sample_rate: int, channels: int) -> None:
        self._step = max(1, round(sample_rate * _BLOCK_S / _BLOCKS_A_STEP))
        self._length = self._step * _BLOCKS_A_STEP
        self._weights = _k_weighting(np.fft.rfftfreq(self._length, 1 / sample_rate), sample_rate)
        self._pending = np.zeros((channels, 0), dtype=np.float32)
        self._powers: list[float] = []

    def add(self, waveform: NDArray[np.float32]) -> None:
        """Hears the next samples ``[channels, length]``."""
        self._pending = np.concatenate([self._pending, waveform], axis=1)
        while self._pending.shape[1] >= self._length:
            self._powers.append(self._power(self._pending[:, : self._length]))
            self._pending = self._pending[:, self._step :]

    def integrated(self) -> float:
        """LUFS of all that was heard, without the parts that the two gates leave out; minus infinity for silence.

        What is shorter than a block of 0.4 s counts as one, followed by silence that is not counted.
        """
        powers = np.array(self._powers or [self._short()])
        for gate in (_ABSOLUTE_GATE, None):
            threshold = gate if gate is not None else float(_level(powers.mean())) + _RELATIVE_GATE
            powers = powers[_level(powers) > threshold]
            if not len(powers):
                return float("-inf")
        return float(_level(powers.mean()))

    def _short(self) -> float:
        held = self._pending.shape[1]
        if held == 0:
            return 0.0
        padded = np.pad(self._pending, ((0, 0), (0, self._length - held)))
        return self._power(padded) * self._length / held

    def _power(self, block: NDArray[np.float32]) -> float:
        energy = np.abs(np.fft.rfft(block.astype(np.float64), axis=1)) ** 2 * self._weights
        # One half of the spectrum is stored: its bins count twice, but for the first, and the last of an even length.
        ends = energy[:, 0] + (energy[:, -1] if self._length % 2 == 0 else 0)
        return float((2 * energy.sum(axis=1) - ends).sum()) / self._length**2


def loudness(pieces: Iterable[NDArray[np.float32]], *, sample_rate: int, channels: int) -> float:
    """Integrated loudness in LUFS of a recording in pieces ``[channels, length]``; see :class:`LoudnessMeter`."""
    meter = LoudnessMeter(sample_rate, channels)
    for piece in pieces:
        meter.add(piece)
    return meter.integrated()


def _level(power: NDArray[np.float64] | float) -> NDArray[np.float64]:
    with np.errstate(divide="ignore"):
        level: NDArray[np.float64] = np.asarray(_OFFSET + 10 * np.log10(power))
    return level


def _k_weighting(frequencies: NDArray[np.floating], sample_rate: int) -> NDArray[np.float64]:
    """The power response of the K-weighting: a shelf for the head, then a high pass.

    The standard gives coefficients for 48 kHz; these are the analogue prototypes behind them, brought to any rate by
    the bilinear transform.
    """
    z = np.exp(-2j * np.pi * frequencies / sample_rate)
    shelf = _biquad(z, sample_rate, 1681.974450955533, 0.7071752369554196, gain_db=3.999843853973347)
    high_pass = _biquad(z, sample_rate, 38.13547087602444, 0.5003270373238773, gain_db=None)
    response: NDArray[np.float64] = np.abs(shelf * high_pass) ** 2
    return response


def _biquad(
    z: NDArray[np.complex128], sample_rate: int, frequency: float, quality: float, *, gain_db: float | None
) -> NDArray[np.complex128]:
    k = np.tan(np.pi * min(frequency / sample_rate, 0.49))
    normal = 1 + k / quality + k * k
    poles = 1 + 2 * (k * k - 1) / normal * z + (1 - k / quality + k * k) / normal * z * z
    if gain_db is None:
        passed: NDArray[np.complex128] = (1 - 2 * z + z * z) / poles
        return passed
    high = 10 ** (gain_db / 20)
    band = high**0.4996667741545416
    zeros = (high + band * k / quality + k * k) + 2 * (k * k - high) * z + (high - band * k / quality + k * k) * z * z
    response: NDArray[np.complex128] = zeros / normal / poles
    return response
