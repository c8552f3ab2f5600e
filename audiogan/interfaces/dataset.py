"""The interface of datasets: windows of waveform, each with an optional label."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, final

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from audiogan.errors import DataError


@final
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

    def write_window(
        self, index: int, *, rng: Callable[[], np.random.Generator], into: NDArray[np.float32]
    ) -> int | None:
        """Writes the waveform of :meth:`window` into ``into`` ``[channels, window_length]`` and returns the label.

        ``rng`` makes the generator, and is called at most once. Datasets override this where they can save a copy or
        the making of generators. After an exception ``into`` holds anything.

        :raises DataError: as :meth:`window`, or the waveform has another shape.
        """
        window = self.window(index, rng=rng())
        if window.waveform.shape != into.shape:
            raise DataError(
                f"{type(self).__name__}: window {index} has shape {list(window.waveform.shape)} where channels and "
                f"window_length say {list(into.shape)}"
            )
        into[:] = window.waveform
        return window.label

    @abstractmethod
    def fingerprint(self) -> str:
        """A hash of the content and of every option that changes what a window holds; never of a path."""

    def protocol(self) -> dict[str, Any]:
        """What became of recordings on the way to windows, such as resampling, in terms that JSON can hold.

        It covers the held-out part too, and stands beside every figure; what options say need not be said again.
        """
        return {}

    def held_out(self) -> Dataset | None:
        """The part set aside for testing classifiers, with the same classes, or ``None`` where there is none."""
        return None
