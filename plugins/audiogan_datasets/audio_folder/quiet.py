"""Finding windows that are too quiet to learn from."""

from __future__ import annotations

import logging
import time

import numpy as np

from audiogan.audio.level import level_dbfs
from audiogan.data.recordings.places import FixedPlaces
from audiogan.errors import DamagedDataError, DataError
from audiogan_datasets.audio_folder.reading import PlaceReader

_TELL_EVERY_S = 5.0

_log = logging.getLogger("audiogan")


def loud_places(places: FixedPlaces, reader: PlaceReader, minimum_level_dbfs: float, *, on_error: str) -> FixedPlaces:
    """Those of ``places`` at which the level is ``minimum_level_dbfs`` or more; reads every one of them once.

    Where ``on_error`` is ``"skip"``, damaged ones stay, for whoever reads them to count.

    :raises DamagedDataError: a recording is damaged and ``on_error`` is ``"stop"``.
    :raises DataError: all of them are quieter, or a recording goes beyond full scale.
    """
    kept = np.ones(len(places), dtype=np.bool_)
    loudest = -np.inf
    rng = np.random.default_rng(0)  # fixed places leave it alone
    told = time.monotonic()
    for index in range(len(places)):
        try:
            level = level_dbfs(reader.read(places.place(index, rng=rng)))
        except DamagedDataError:
            if on_error == "stop":
                raise
            continue
        loudest = max(loudest, level)
        kept[index] = level >= minimum_level_dbfs
        if time.monotonic() - told > _TELL_EVERY_S:
            told = time.monotonic()
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
