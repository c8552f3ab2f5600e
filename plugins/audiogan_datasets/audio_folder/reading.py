"""Reading windows of recordings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

import numpy as np
from attrs import evolve
from numpy.typing import NDArray

from audiogan.audio.decoding import AudioDecoder
from audiogan.data.recordings.places import Place
from audiogan.data.recordings.recording import Recording
from audiogan.errors import DamagedDataError

_QUIETEST_PEAK = 2.0**-23
"""The smallest step of 24-bit audio. What stays below it is scaled as if it reached it, and remains next to silent."""


@final
class PlaceReader:
    """Reads what recordings hold at a place, normalised where that is asked for."""

    def __init__(self, recordings: Sequence[Recording], window_length: int, *, normalize: bool) -> None:
        self._recordings = recordings
        self._window_length = window_length
        self._normalize = normalize
        self._normalized: dict[int, Recording] = {}
        self._damages: dict[int, str] = {}
        self._decoder = AudioDecoder()

    def read(self, place: Place) -> NDArray[np.float32]:
        """The samples from ``place`` on, ``[channels, length]``: a window's, or fewer where the recording ends.

        :raises DamagedDataError: the recording is damaged there, or, to be normalised, anywhere.
        :raises DataError: it cannot be opened, or holds floats beyond [-1, 1] that no option says what to do about.
        """
        recording = self._recording(place.recording)
        stop = min(place.start + self._window_length, recording.length)
        return recording.read(place.start, stop, decoder=self._decoder)

    def _recording(self, number: int) -> Recording:
        recording = self._recordings[number]
        if not self._normalize:
            return recording
        if number in self._damages:
            raise DamagedDataError(self._damages[number])
        if number not in self._normalized:
            self._normalized[number] = self._scaled(number)
        return self._normalized[number]

    def _scaled(self, number: int) -> Recording:
        recording = self._recordings[number]
        try:
            peak = recording.peak(decoder=self._decoder)
        except DamagedDataError as error:
            self._damages[number] = str(error)  # or each of its windows would read it again up to there
            raise
        return evolve(recording, clips=True, gain=1 / max(peak, _QUIETEST_PEAK))
