"""The samples of a record as a waveform."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from audiogan.data.example import Example
from audiogan.errors import DamagedDataError, DataError

_PCM16_SCALE = 1 / 32768
Stored = TypeVar("Stored")


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
        interleaved = self._read(example)
        if len(interleaved) == 0:
            raise DamagedDataError(
                f"{example.place}: feature '{self.feature}' is empty; leave such clips out of the data"
            )
        if len(interleaved) % self.channels:
            raise DataError(
                f"{example.place}: feature '{self.feature}' holds {len(interleaved)} samples, which do not divide into "
                f"{self.channels} interleaved channels; set channels to what the data have"
            )
        return self._within_range(interleaved, example).reshape(-1, self.channels).T

    def _read(self, example: Example) -> NDArray[np.float32]:
        if self.kind == "float":
            return self._stored(example.floats)
        if self.kind == "int64":
            return self._stored(example.integers).astype(np.float32) * np.float32(_PCM16_SCALE)
        pcm = self._stored(example.byte_string)
        if len(pcm) % 2:
            raise DataError(
                f"{example.place}: feature '{self.feature}' holds {len(pcm)} bytes; 16-bit PCM has an even number"
            )
        return np.frombuffer(pcm, dtype="<i2").astype(np.float32) * np.float32(_PCM16_SCALE)

    def _stored(self, read: Callable[[str], Stored]) -> Stored:
        try:
            return read(self.feature)
        except DataError as error:
            raise DataError(f"{error}; set dataset.feature and dataset.feature_kind to what the data have") from error

    def _within_range(self, samples: NDArray[np.float32], example: Example) -> NDArray[np.float32]:
        # the ufuncs themselves, since the methods that call them take a third longer
        peak = max(float(np.maximum.reduce(samples)), -float(np.minimum.reduce(samples)))
        if not math.isfinite(peak):
            raise DamagedDataError(
                f"{example.place}: feature '{self.feature}' holds samples that are not finite numbers; "
                "leave such clips out of the data"
            )
        if self.normalize:
            return samples / np.float32(peak) if peak > 0 else samples
        if peak > 1 and self.clip:
            return samples.clip(-1, 1)
        if peak > 1:
            raise DataError(
                f"{example.place}: feature '{self.feature}' reaches {peak:g}, outside [-1, 1]; set normalize = true or "
                'out_of_range = "clip", or scale the data'
            )
        return samples
