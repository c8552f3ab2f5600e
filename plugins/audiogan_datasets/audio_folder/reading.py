"""Reading windows of recordings, leaving out quiet ones, and filling up short ones."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import final

import numpy as np
from attrs import evolve
from numpy.typing import NDArray

from audiogan import DamagedDataError, DataError
from audiogan.audio import AudioDecoder, level_dbfs
from audiogan.data import FixedPlaces, Place, Recording

_QUIETEST_PEAK = 2.0**-23
"""The smallest step of 24-bit audio. What stays below it is scaled as if it reached it, and remains next to silent."""
_INFORM_EVERY_S = 5.0

_log = logging.getLogger("audiogan")


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


def loud_places(places: FixedPlaces, reader: PlaceReader, minimum_level_dbfs: float, *, on_error: str) -> FixedPlaces:
    """Those of ``places`` at which the level is ``minimum_level_dbfs`` or more; reads every one of them once.

    Where ``on_error`` is ``"skip"``, damaged ones stay, to be counted where they are read.

    :raises DamagedDataError: a recording is damaged and ``on_error`` is ``"stop"``.
    :raises DataError: all of them are quieter, or a recording goes beyond full scale.
    """
    kept = np.ones(len(places), dtype=np.bool_)
    loudest = -np.inf
    rng = np.random.default_rng(0)  # fixed places leave it alone
    informed = time.monotonic()
    for index in range(len(places)):
        try:
            level = level_dbfs(reader.read(places.place(index, rng=rng)))
        except DamagedDataError:
            if on_error == "stop":
                raise
            continue
        loudest = max(loudest, level)
        kept[index] = level >= minimum_level_dbfs
        if time.monotonic() - informed > _INFORM_EVERY_S:
            informed = time.monotonic()
            _log.info("level of %d of %d windows measured", index + 1, len(places))
    if not kept.any():
        raise DataError(
            f"all {len(places)} windows are quieter than minimum_level_dbfs = {minimum_level_dbfs:g} (the loudest has "
            f"{loudest:.1f} dBFS); lower it"
        )
    if not kept.all():
        _log.info(
            "left out %d of %d windows, quieter than %g dBFS", np.count_nonzero(~kept), len(kept), minimum_level_dbfs
        )
    return places.only(kept)


def padded(waveform: NDArray[np.float32], window_length: int, padding: str) -> NDArray[np.float32]:
    """A waveform ``[channels, length]`` as ``[channels, window_length]``, by ``"end"``, ``"both"`` or ``"repeat"``.

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
