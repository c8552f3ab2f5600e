"""Passing over damaged windows where a dataset says so, and telling of it."""

from __future__ import annotations

import logging
from functools import cache

import numpy as np

from audiogan.errors import DamagedDataError, DataError
from audiogan.interfaces.dataset import Dataset, Window

_log = logging.getLogger("audiogan")


def window_or_damage(dataset: Dataset, index: int, *, rng: np.random.Generator) -> Window | DamagedDataError:
    """The window at ``index`` or, where it is damaged and ``dataset.on_error`` is ``"skip"``, what is wrong with it.

    :raises DamagedDataError: the window is damaged, and ``dataset.on_error`` is not ``"skip"``.
    :raises DataError: the window cannot be read for another reason.
    """
    try:
        return dataset.window(index, rng=rng)
    except DamagedDataError as damage:
        if dataset.on_error != "skip":
            raise
        return damage


def tell_damage(damage: DamagedDataError | str) -> None:
    """Logs a warning about damage that is passed over: once for each place, however often it is met."""
    _tell_once(str(damage))


@cache
def _tell_once(text: str) -> None:
    _log.warning('%s (passed over, since on_error = "skip")', text)


def tell_skipped(skipped: int, *, of: int, reader: str) -> None:
    """Logs how many windows ``reader`` passed over, if any."""
    if skipped:
        _log.warning("%s: %d of %d windows are damaged and were passed over", reader, skipped, of)


def nothing_sound(dataset: Dataset) -> DataError:
    """The error of a dataset that has no window but damaged ones."""
    return DataError(
        f"{type(dataset).__name__}: all of its {len(dataset)} windows are damaged; the warnings say how, copy or write "
        "the files again"
    )
