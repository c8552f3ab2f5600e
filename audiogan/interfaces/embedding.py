"""The interface of embeddings: the space in which distances between sets of waveforms are taken."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Protocol, final

import torch
from attrs import frozen
from torch import Tensor

from audiogan.interfaces.dataset import Dataset


@final
@frozen(eq=False)
class Embedded:
    """A batch of waveforms in the space of an embedding, on the CPU."""

    vectors: Tensor
    """``[N, D]``, float32."""
    probabilities: Tensor | None = None
    """Class probabilities ``[N, K]``, float64, where the embedding is a classifier."""


class SharedEmbedding(Protocol):
    """A prepared embedding that several metrics ask; a batch is embedded once, however many ask with it."""

    def embed(self, waveforms: Tensor) -> Embedded:
        """What :meth:`Embedding.embed` gives for waveforms ``[N, channels, window_length]``."""

    def fingerprint(self) -> str:
        """That of the embedding."""


class EvaluationContext(Protocol):
    """What metrics and embeddings are given to work with."""

    @property
    def cache(self) -> Path:
        """A folder that outlives the run; what is kept there is named by content."""

    @property
    def device(self) -> torch.device:
        """Where networks compute."""

    @property
    def info(self) -> Callable[[str], None]:
        """Shows a line of progress to the user."""

    def embedding(self, name: str, options: Mapping[str, Any] | None = None) -> SharedEmbedding:
        """The installed embedding of that name, prepared for the dataset; those of equal options are one object.

        :raises PluginError: there is none of that name.
        :raises OptionError: its options do not fit.
        :raises DataError: the dataset cannot serve it.
        """


class Embedding(ABC):
    """A subclass is built as ``Subclass(options)``; :meth:`prepare` runs once before the first :meth:`embed`."""

    options_class: ClassVar[type[Any]]

    @abstractmethod
    def prepare(self, dataset: Dataset, context: EvaluationContext) -> None:
        """Makes ready for windows like those of ``dataset``: trains or loads networks. May take minutes once.

        :raises DataError: the dataset cannot serve this embedding; the text says what it lacks.
        """

    @abstractmethod
    def embed(self, waveforms: Tensor) -> Embedded:
        """Vectors ``[N, D]``, and class probabilities where there are any, of waveforms ``[N, channels, T]``."""

    @abstractmethod
    def fingerprint(self) -> str:
        """A hash of all that the vectors depend on, such as weights; asked for after :meth:`prepare`."""

    def check(self, dataset: Dataset) -> None:
        """Looks, within a second or so, for what :meth:`prepare` would fail at.

        :raises DataError: the dataset cannot serve this embedding; the text says what it lacks.
        """
