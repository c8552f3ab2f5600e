"""The interface of datasets: windows of waveform, each with an optional label."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np
from attrs import frozen
from numpy.typing import NDArray


@frozen(eq=False)
class Window:
    """One training example: a waveform ``[channels, window_length]``, float32 in [-1, 1], and its class if known."""

    waveform: NDArray[np.float32]
    label: int | None = None


class Dataset(ABC):
    """A finite list of places to take a window from; one pass over all of them is an epoch.

    A subclass is built as ``Subclass(options)`` and must survive pickling, since loader workers receive a copy.
    """

    options_class: ClassVar[type[Any]]
    sample_rate: int
    """Samples a second."""
    channels: int
    window_length: int
    """Samples in a window."""
    on_error: str = "stop"
    """What readers do about a window that raises :class:`DamagedDataError`: ``"stop"``, or ``"skip"`` and count it."""
    class_names: tuple[str, ...] = ()
    """What the labels mean, label ``i`` being ``class_names[i]``; empty where nothing is labelled."""

    @abstractmethod
    def __len__(self) -> int:
        """Windows in an epoch."""

    @abstractmethod
    def window(self, index: int, *, rng: np.random.Generator) -> Window:
        """The window at ``index`` in ``range(len(self))``.

        Where in the recording it starts, and anything else random, depends on nothing but ``index`` and ``rng``.
        :raises DamagedDataError: what is stored there is damaged; the text names file, record or time, and fault.
        :raises DataError: anything else, such as options that do not fit what is stored.
        """

    @abstractmethod
    def fingerprint(self) -> str:
        """A hash of the content and of every option that changes what a window holds; never of a path."""

    def held_out(self) -> Dataset | None:
        """The part set aside for testing classifiers, with the same classes, or ``None`` where there is none."""
        return None
