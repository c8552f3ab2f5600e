"""Changing the sample rate of any stretch of a recording, as if the whole of it were resampled."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, gcd
from typing import final

import numpy as np
import soxr
from attrs import frozen
from numpy.typing import NDArray

RESAMPLER = "soxr HQ"
"""The resampler, as protocols name it: libsoxr at its high quality, with linear phase and 20 bits of accuracy."""
_QUALITY = "HQ"
_MARGIN = 512
"""Samples, at the lower of the two rates, that the filter needs on either side: measured, half of them are enough for
4e-6 of full scale between any two rates."""


def resampler_with_version() -> str:
    """The resampler with the versions of its libraries, such as ``soxr HQ (soxr 1.0.0, libsoxr 0.1.3)``."""
    return f"{RESAMPLER} (soxr {soxr.__version__}, libsoxr {soxr.__libsoxr_version__})"


@final
@frozen
class RateChange:
    """From one sample rate to another, both in Hz."""

    source_rate: int
    target_rate: int

    def length(self, source_length: int) -> int:
        """Samples that ``source_length`` of them become: at least one, where there is one."""
        rounded = (2 * source_length * self.target_rate + self.source_rate) // (2 * self.source_rate)
        return max(rounded, min(source_length, 1))

    def apply(self, waveform: NDArray[np.float32]) -> NDArray[np.float32]:
        """The waveform ``[channels, length]`` at the other rate, ``[channels, self.length(length)]``, float32."""
        if self.source_rate == self.target_rate:
            return waveform
        length = self.length(waveform.shape[1])
        resampled = soxr.resample(waveform.T, self.source_rate, self.target_rate, quality=_QUALITY)
        if len(resampled) < length:  # of one or two samples nothing is left, unless silence follows them
            followed = np.pad(waveform, ((0, 0), (0, self.source_rate // self.target_rate + 1)))
            resampled = soxr.resample(followed.T, self.source_rate, self.target_rate, quality=_QUALITY)[:length]
        changed: NDArray[np.float32] = resampled.T
        return changed

    def read(
        self, read: Callable[[int, int], NDArray[np.float32]], source_length: int, start: int, stop: int
    ) -> NDArray[np.float32]:
        """Samples ``start`` to ``stop`` of the recording at the other rate, ``[channels, stop - start]``.

        ``read(start, stop)`` gives a stretch ``[channels, stop - start]`` of the recording, which has ``source_length``
        samples, at its own rate. What it is asked for begins at a sample that falls on one of the other rate's, at most
        a second before what the filter needs, so that memory and time depend on the stretch and not on the recording.
        The result is that of resampling the whole recording, within 1e-5 of full scale.

        :raises ValueError: the stretch does not lie within the recording.
        """
        if not 0 <= start <= stop <= self.length(source_length):
            raise ValueError(f"samples {start} to {stop} do not lie within {self.length(source_length)}")
        if self.source_rate == self.target_rate:
            return read(start, stop)
        divisor = gcd(self.source_rate, self.target_rate)
        source_step, target_step = self.source_rate // divisor, self.target_rate // divisor
        margin = ceil(_MARGIN * max(1, self.source_rate / self.target_rate))
        steps = max(0, start * self.source_rate // self.target_rate - margin) // source_step
        source_stop = min(source_length, -(-stop * self.source_rate // self.target_rate) + margin)
        resampled = self.apply(read(steps * source_step, source_stop))
        skipped = steps * target_step
        return resampled[:, start - skipped : stop - skipped]
