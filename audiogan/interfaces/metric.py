"""The interface of metrics: figures computed from generated and real waveforms."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, final

from attrs import field, frozen
from torch import Tensor

from audiogan.interfaces.dataset import Dataset


@final
@frozen
class MetricResult:
    """Named figures and the protocol that made them: counts, splits, hashes, all that it takes to repeat them."""

    figures: Mapping[str, float]
    protocol: Mapping[str, Any]
    intervals: Mapping[str, tuple[float, float]] = field(factory=dict)
    """By figure, the 95 % interval that the sampling of waveforms gives it; none for a figure that has none."""


class Metric(ABC):
    """A subclass is built as ``Subclass(options)``; :meth:`prepare` runs once before the first :meth:`evaluate`."""

    options_class: ClassVar[type[Any]]

    @abstractmethod
    def prepare(self, dataset: Dataset, *, cache: Path, device: str, tell: Callable[[str], None]) -> None:
        """Makes ready for ``dataset``: trains or loads a classifier, computes real features. May take minutes once.

        ``cache`` is a folder that outlives the run; what is kept there is named by content. ``tell`` receives one line
        of progress at a time.
        :raises DataError: the dataset cannot serve this metric; the text says what it lacks.
        """

    def figure_names(self) -> tuple[str, ...] | None:
        """The names of the figures that :meth:`evaluate` gives, or ``None`` where only evaluating tells.

        With them, an experiment whose best checkpoint is chosen by something else is refused before it begins.
        """
        return None

    def lower_is_better(self) -> frozenset[str]:
        """Those of the figures whose minimum marks the best checkpoint; of the others it is the maximum."""
        return frozenset()

    def minimum_samples(self) -> int:
        """The fewest waveforms that :meth:`evaluate` takes."""
        return 1

    def minimum_samples_options(self) -> tuple[str, ...]:
        """The options that :meth:`minimum_samples` follows from, as an experiment file names them.

        Who has too few windows is told of them.
        """
        return ()

    def check(self, dataset: Dataset) -> None:
        """Looks, within a second or so, for what :meth:`prepare` would stumble over.

        :raises DataError: the dataset cannot serve this metric; the text says what it lacks.
        """

    def fingerprint(self) -> str:
        """A hash of what gives the figures beside the options, such as a trained classifier.

        It is asked for after :meth:`prepare`. Figures compare only where it is the same.
        """
        return ""

    @abstractmethod
    def evaluate(self, waveforms: Tensor) -> MetricResult:
        """The figures of waveforms ``[N, channels, window_length]`` on the CPU, generated or real."""
