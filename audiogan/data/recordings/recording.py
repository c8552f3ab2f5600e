"""A recording, of which any stretch can be read."""

from __future__ import annotations

from pathlib import Path
from typing import final

import numpy as np
from attrs import evolve, frozen
from numpy.typing import NDArray

from audiogan.audio import AudioDecoder, AudioHeader, RateChange, match_channels
from audiogan.errors import DamagedDataError, DataError


@final
@frozen
class Recording:
    """An audio file, seen at a sample rate and with a number of channels that need not be its own."""

    path: Path
    name: str
    """Its path within the folder that was searched."""
    header: AudioHeader
    sample_rate: int
    """In Hz, of what is read."""
    channels: int
    """Of what is read: one is the mean of all, several are as they are or a single one repeated."""
    clips: bool = False
    """Whether floats stored beyond [-1, 1] are clipped rather than an error."""
    gain: float = 1.0
    """What samples are multiplied by, before anything is clipped."""

    @property
    def length(self) -> int:
        """Samples, each channel, at ``sample_rate``."""
        return self._rate_change.length(self.header.length)

    def read(self, start: int, stop: int, *, decoder: AudioDecoder) -> NDArray[np.float32]:
        """Samples ``start`` to ``stop`` at ``sample_rate``, ``[channels, stop - start]`` in [-1, 1].

        Channels are mixed before the rate is changed. What a transform codec or the resampler adds beyond full scale is
        clipped, as any player does; so is what is stored there, where ``clips`` says so.

        :raises DamagedDataError: the file is damaged there, or holds samples that are not finite; the text says at
            which time.
        :raises DataError: the file cannot be opened, or, unless ``clips``, holds floats beyond [-1, 1] there: it is
            undamaged, and the caller has to say what becomes of them.
        """

        def stored(source_start: int, source_stop: int) -> NDArray[np.float32]:
            return self._checked(decoder.read(self.path, self.header, source_start, source_stop), source_start)

        waveform = self._rate_change.read(stored, self.header.length, start, stop)
        return np.clip(waveform, -1, 1)

    def peak(self, *, decoder: AudioDecoder) -> float:
        """The largest magnitude in the whole recording, before the rate is changed; reads it once, block by block.

        :raises DamagedDataError: as :meth:`read`.
        :raises DataError: the file cannot be opened.
        """
        clipping = evolve(self, clips=True)
        peak = 0.0
        for start in range(0, self.header.length, _BLOCK):
            stop = min(start + _BLOCK, self.header.length)
            block = clipping._checked(decoder.read(self.path, self.header, start, stop), start)
            peak = max(peak, _peak(block))
        return peak

    @property
    def _rate_change(self) -> RateChange:
        return RateChange(self.header.sample_rate, self.sample_rate)

    def _checked(self, stored: NDArray[np.float32], start: int) -> NDArray[np.float32]:
        peak = _peak(stored)
        if not np.isfinite(peak):
            raise DamagedDataError(
                f"{self.path}: a sample at {self._time(stored, start, ~np.isfinite(stored))} is not a finite number; "
                "leave the recording out, or write it again"
            )
        if self.header.stores_floats and not self.clips and peak * self.gain > 1:
            time = self._time(stored, start, np.abs(stored) == peak)
            raise DataError(
                f"{self.path}: reaches {peak:g} at {time}, outside [-1, 1]; "
                'set normalize = true or out_of_range = "clip", or scale the recording'
            )
        mixed = match_channels(stored, self.channels)
        return mixed if self.gain == 1 else mixed * np.float32(self.gain)

    def _time(self, stored: NDArray[np.float32], start: int, where: NDArray[np.bool_]) -> str:
        first = int(np.argmax(where.any(axis=0)))
        return f"{(start + first) / self.header.sample_rate:.4f} s"


_BLOCK = 2**20


def _peak(waveform: NDArray[np.float32]) -> float:
    # max and min make no copy of the waveform, as abs would; either is NaN where a sample is.
    return max(float(waveform.max()), -float(waveform.min())) if waveform.size else 0.0
