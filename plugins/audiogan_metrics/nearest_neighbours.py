"""How far generated windows are from each other and from the training windows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import final

import numpy as np
import torch
from attrs import frozen
from numpy.typing import NDArray
from torch import Tensor

from audiogan import DataError, Dataset, Metric, MetricResult, option
from audiogan.audio import LogMelSpectrogram
from audiogan.evaluation.classifier.front_end import log_mel_front_end, upper_edge_hz
from audiogan.evaluation.halves import halves_protocol, interval_by_halves, random_parts, seeds_of_sides
from audiogan.evaluation.nearest_neighbours import Neighbours, neighbours_among, neighbours_within
from audiogan.evaluation.real_windows import divide_windows, reference_waveforms
from audiogan.evaluation.waveform_check import check_waveforms, in_parts

_SELF, _TRAIN = "nearest_self", "nearest_train"
_NAME = "nearest-neighbours"
# Among so many, one is in the same half, but for once in 10^9 times
_NEIGHBOURS_KNOWN = 32


@final
@frozen(kw_only=True)
class NearestNeighboursOptions:
    """Between what the distances are measured."""

    examples: int = option(default=1_000, minimum=4, unit="windows", help="generated windows that are looked at")
    training_windows: int = option(
        default=20_000, minimum=1, unit="windows", help="training windows that they are compared with, at most"
    )
    memory_mib: int = option(
        default=1024, minimum=1, unit="MiB", help="memory for the training windows' spectrograms; more are left out"
    )
    n_fft: int = option(default=2048, minimum=2, unit="samples", help="length of the spectrogram's frames")
    full_scale: float = option(
        default=32768.0, above=0, help="what samples of 1 count as, beside the 1e-6 that is added before the logarithm"
    )
    mel_lower_hz: float = option(default=40.0, minimum=0, unit="Hz", help="lower edge of the lowest mel band")
    mel_upper_hz: float | None = option(
        default=None,
        minimum=1,
        unit="Hz",
        help="upper edge of the highest mel band; where absent 7800, or 0.4875 of the sample rate where that is lower",
    )
    resamples: int = option(
        default=100, minimum=0, help="random divisions in halves that give the intervals; 0 for no intervals"
    )
    seed: int = option(default=0, minimum=0, help="seed of the order of training windows and of resampling")


@final
class NearestNeighbours(Metric):
    """Mean distance of generated windows to the nearest other one, and to the nearest training window.

    |D|self and |D|train of Donahue et al. 2019: the Euclidean distance between log-mel spectrograms, by default those
    of the paper's published code: of 16-bit samples, in frames twice as long as the classifier's. A small
    ``nearest_self`` tells of windows that are much alike, a small ``nearest_train`` of windows that were learnt by
    heart; what is small, the figures of real windows tell. Takes no classifier and no labels. Where the dataset holds
    nothing out, a tenth of its windows is left out of the comparison and judged.
    """

    options_class = NearestNeighboursOptions

    def __init__(self, options: NearestNeighboursOptions) -> None:
        self.options = options
        self._front_end: LogMelSpectrogram | None = None
        self._training: list[Tensor] = []
        self._origin = ""
        self._fingerprint = ""

    def figure_names(self) -> tuple[str, ...]:
        """|D|self and |D|train."""
        return (_SELF, _TRAIN)

    def minimum_samples(self) -> int:
        """As many as are looked at, since ``nearest_self`` depends on their number."""
        return self.options.examples

    def minimum_samples_options(self) -> tuple[str, ...]:
        """``examples`` alone."""
        return ("examples",)

    def check(self, dataset: Dataset) -> None:
        """Sees that the mel bands fit the sample rate.

        :raises DataError: they do not.
        """
        self._log_mel(dataset)

    def prepare(self, dataset: Dataset, *, cache: Path, device: str, tell: Callable[[str], None]) -> None:
        """Computes the spectrograms of training windows, which stay in memory.

        :raises DataError: the dataset is empty, or its mel bands do not fit the sample rate.
        """
        self._front_end = self._log_mel(dataset)
        bytes_a_window = 4 * self._front_end.frames(dataset.window_length) * self._front_end.n_mels
        that_fit = max(1, self.options.memory_mib * 2**20 // bytes_a_window)
        count = min(self.options.training_windows, that_fit)
        divided = divide_windows(dataset)
        self._origin, self._training = divided.reference_origin, []
        tell(f"{_NAME}: spectrograms of {count:,} training windows at most")
        digest = hashlib.sha256()
        for waveforms in reference_waveforms(divided.reference, count, seed=self.options.seed):
            self._training.append(self._spectrograms(waveforms))
            digest.update(self._training[-1].numpy().data)
        self._fingerprint = digest.hexdigest()

    def fingerprint(self) -> str:
        """The hash of the training windows' spectrograms."""
        self._prepared()
        return self._fingerprint

    def evaluate(self, waveforms: Tensor) -> MetricResult:
        """``nearest_self`` and ``nearest_train`` of the first ``examples`` waveforms ``[N, channels, window_length]``.

        The intervals come from both halves of the waveforms, and of the training windows.

        :raises DataError: fewer waveforms than ``examples``, or some that are not finite.
        """
        self._prepared()
        options = self.options
        if len(waveforms) < options.examples:
            raise DataError(
                f"metric '{_NAME}' needs at least {options.examples} samples, not {len(waveforms)}: raise the number "
                "of samples, or lower the metric's 'examples'"
            )
        check_waveforms(waveforms[: options.examples])
        examples = self._spectrograms(waveforms[: options.examples])
        neighbours = {
            _SELF: neighbours_within(examples, count=_NEIGHBOURS_KNOWN),
            _TRAIN: neighbours_among(examples, self._training, count=_NEIGHBOURS_KNOWN),
        }
        protocol = {
            "samples": options.examples,
            "training_windows": sum(map(len, self._training)),
            "real_windows": self._origin,
            "seed": options.seed,
            "feature": f"log-mel spectrogram of {options.n_fft}-sample frames, full scale {options.full_scale:g}",
            "feature_dim": examples.shape[1],
            **halves_protocol(options.resamples, options.seed),
        }
        figures = {name: float(found.distances[:, 0].mean()) for name, found in neighbours.items()}
        intervals = {
            name: interval_by_halves(figures[name], halves)
            for name, halves in self._of_halves(neighbours[_SELF], neighbours[_TRAIN]).items()
            if options.resamples
        }
        return MetricResult(figures, {_NAME: protocol}, intervals)

    def _of_halves(self, within: Neighbours, among: Neighbours) -> dict[str, NDArray[np.float64]]:
        sides = [
            list(random_parts(count, parts=2, divisions=self.options.resamples, seed=seed))
            for count, seed in zip(
                (self.options.examples, sum(map(len, self._training))), seeds_of_sides(self.options.seed), strict=True
            )
        ]
        return {
            _SELF: np.array([within.nearest_in_halves(ours, ours) for ours in sides[0]]),
            _TRAIN: np.array([among.nearest_in_halves(*both) for both in zip(*sides, strict=True)]),
        }

    def _log_mel(self, dataset: Dataset) -> LogMelSpectrogram:
        return log_mel_front_end(
            sample_rate=dataset.sample_rate,
            lower_hz=self.options.mel_lower_hz,
            upper_hz=upper_edge_hz(self.options.mel_upper_hz, sample_rate=dataset.sample_rate),
            n_fft=self.options.n_fft,
        )

    def _spectrograms(self, waveforms: Tensor) -> Tensor:
        assert self._front_end is not None
        with torch.no_grad():
            mono = (rows.float().mean(dim=1) * self.options.full_scale for rows in in_parts(waveforms))
            return torch.cat([self._front_end(rows).flatten(start_dim=1) for rows in mono])

    def _prepared(self) -> None:
        if not self._training:
            raise RuntimeError("prepare() has not been called")
