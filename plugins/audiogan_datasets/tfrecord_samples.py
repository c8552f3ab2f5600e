"""The samples of a record as a waveform."""

from __future__ import annotations

import math
from typing import Any, final

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from audiogan.data.example import Example
from audiogan.errors import DamagedDataError, DataError

_PCM16_SCALE = 1 / 32768


@final
@frozen
class Samples:
    """How the samples of a clip are stored, and what is done about those outside [-1, 1]."""

    feature: str
    kind: str
    """``"float"``, ``"int64"`` (16-bit integers) or ``"bytes"`` (16-bit little-endian PCM)."""
    channels: int
    normalize: bool
    clip: bool

    def of(self, example: Example) -> NDArray[np.float32]:
        """The clip as ``[channels, length]``, float32 in [-1, 1].

        :raises DamagedDataError: there are no samples, or they are not finite.
        :raises DataError: the samples are missing, of another kind or out of range, or do not divide into the channels.
        """
        samples = self.read(example)
        self.bring_within_range(samples, example)
        return samples

    def read(self, example: Example, *, window: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """The clip as ``[channels, length]``, float32, of any range.

        It is written into ``window`` ``[channels, window_length]``, which is then what is returned, where it has just
        that length; otherwise into memory of its own.

        :raises DamagedDataError: there are no samples.
        :raises DataError: the samples are missing, of another kind, or do not divide into the channels.
        """
        interleaved = self._stored(example)
        if len(interleaved) == 0:
            raise DamagedDataError(
                f"{example.place}: feature '{self.feature}' is empty; leave such clips out of the data"
            )
        if len(interleaved) % self.channels:
            raise DataError(
                f"{example.place}: feature '{self.feature}' holds {len(interleaved)} samples, which do not divide into "
                f"{self.channels} interleaved channels; set channels to what the data have"
            )
        if window is None or window.size != len(interleaved):
            window = np.empty((self.channels, len(interleaved) // self.channels), dtype=np.float32)
        window[:] = interleaved.reshape(-1, self.channels).T
        if self.kind != "float":
            window *= np.float32(_PCM16_SCALE)
        return window

    def bring_within_range(self, samples: NDArray[np.float32], example: Example) -> bool:
        """Scales or clips ``samples`` ``[channels, length]`` where that is wanted.

        Returns whether this need not be called for that clip again.

        :raises DamagedDataError: they are not finite.
        :raises DataError: they are out of range.
        """
        flat = samples.reshape(-1)
        # the ufuncs themselves, since the methods that call them take a third longer
        peak = max(float(np.maximum.reduce(flat)), -float(np.minimum.reduce(flat)))
        if not math.isfinite(peak):
            raise DamagedDataError(
                f"{example.place}: feature '{self.feature}' holds samples that are not finite numbers; "
                "leave such clips out of the data"
            )
        if self.normalize:
            if peak > 0:
                samples /= np.float32(peak)
        elif peak > 1 and self.clip:
            samples.clip(-1, 1, out=samples)
        elif peak > 1:
            raise DataError(
                f"{example.place}: feature '{self.feature}' reaches {peak:g}, outside [-1, 1]; set normalize = true or "
                'out_of_range = "clip", or scale the data'
            )
        return peak <= 1 and not self.normalize

    def _stored(self, example: Example) -> NDArray[np.float32] | NDArray[np.integer[Any]]:
        try:
            if self.kind == "float":
                return example.floats(self.feature)
            if self.kind == "int64":
                return example.integers(self.feature)
            pcm = example.byte_string(self.feature)
        except DataError as error:
            raise DataError(f"{error}; set dataset.feature and dataset.feature_kind to what the data have") from error
        if len(pcm) % 2:
            raise DataError(
                f"{example.place}: feature '{self.feature}' holds {len(pcm)} bytes; 16-bit PCM has an even number"
            )
        return np.frombuffer(pcm, dtype="<i2")
