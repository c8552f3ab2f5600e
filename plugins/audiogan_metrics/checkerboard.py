"""Checkerboard artifacts of waveforms, above those of real data."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, final

import numpy as np
from attrs import frozen
from numpy.typing import NDArray
from torch import Tensor

from audiogan import DataError, Dataset, Metric, MetricResult, OptionError, option
from audiogan.evaluation.bootstrap import bootstrap_protocol
from audiogan.evaluation.checkerboard import (
    ArtifactLines,
    artifact_lines,
    figure_names,
    figures_above,
    intervals_above,
    level_names,
    levels_by_window,
    strides_of_length,
)
from audiogan.evaluation.real_windows import divide_windows, reference_waveforms
from audiogan.evaluation.waveform_check import check_waveforms

_NAME = "checkerboard"
_FEWEST_WINDOWS = 10


@final
@frozen
class CheckerboardOptions:
    """Whose artifacts are looked for, and against how many real windows."""

    strides: tuple[int, ...] | None = option(
        default=None,
        help="the generator's strides, first layer first; those of 'wavegan' for the window length where not given",
    )
    real_samples: int = option(
        default=2_000, minimum=_FEWEST_WINDOWS, unit="windows", help="training windows to compare with, at most"
    )
    resamples: int = option(
        default=1_000, minimum=0, help="resamples of the bootstrap that gives the intervals; 0 for no interval"
    )
    seed: int = option(default=0, minimum=0, help="seed of the choice of real windows and of resampling")

    def __attrs_post_init__(self) -> None:
        if self.strides is not None and (not self.strides or min(self.strides) < 2):
            raise OptionError("strides", f"must be one or more integers of at least 2, not {list(self.strides)}")


@final
@frozen(eq=False)
class _Measured:
    """The levels of windows that hold sound, ``[N, 2 levels]``, and how many windows hold none."""

    levels: NDArray[np.float64]
    silent: int


@final
@frozen(eq=False)
class _RealSide:
    lines: ArtifactLines
    measured: _Measured
    protocol: Mapping[str, Any]


@final
class Checkerboard(Metric):
    """Decibels by which the lines that a generator's strides make stand out of the spectrum, more than in real data.

    ``checkerboard_db`` is of tones at these frequencies, ``checkerboard_modulation_db`` of images, which modulate the
    power at them; both are also given by level, level 1 being the last layer's. 0 is as in real data, more is worse.
    Both are means over the levels that count those below 0 as 0, so that a notch makes up for nothing.
    """

    options_class = CheckerboardOptions

    def __init__(self, options: CheckerboardOptions) -> None:
        self.options = options
        self._names = None if options.strides is None else figure_names(len(options.strides))
        self._real: _RealSide | None = None

    def figure_names(self) -> tuple[str, ...] | None:
        """Overall and by level, as many as there are strides; without the option, :meth:`check` finds these."""
        return self._names

    def lower_is_better(self) -> frozenset[str]:
        """All of them."""
        return frozenset(self._names or ())

    def minimum_samples(self) -> int:
        """Ten, to tell how the figures vary."""
        return _FEWEST_WINDOWS

    def check(self, dataset: Dataset) -> None:
        """Sees that windows are long enough for the lines of the strides.

        :raises DataError: they are not.
        """
        self._names = figure_names(len(self._lines(dataset).strides))

    def prepare(self, dataset: Dataset, *, cache: Path, device: str, tell: Callable[[str], None]) -> None:
        """Measures the lines in real windows.

        :raises DataError: windows are too short, or too few of them hold any sound.
        """
        lines = self._lines(dataset)
        self._names = figure_names(len(lines.strides))
        divided = divide_windows(dataset)
        tell(f"{_NAME}: lines of strides {list(lines.strides)} in {self.options.real_samples:,} real windows at most")
        parts = [
            levels_by_window(waveforms, lines)
            for waveforms in reference_waveforms(divided.reference, self.options.real_samples, seed=self.options.seed)
        ]
        measured = _sounding(np.concatenate(parts), "real windows")
        protocol = {
            "strides": list(lines.strides),
            "period": lines.period,
            "frame_length": lines.frame_length,
            "lines": [len(bins) for bins in lines.bins],
            "lowest_line_hz": [float(bins[0] * dataset.sample_rate / lines.frame_length) for bins in lines.bins],
            "real_windows": divided.reference_origin,
            "real_samples": len(measured.levels),
            "silent_real_samples": measured.silent,
            "real": dict(zip(level_names(len(lines.strides)), measured.levels.mean(axis=0).tolist(), strict=True)),
        }
        self._real = _RealSide(lines, measured, protocol)

    def fingerprint(self) -> str:
        """A hash of the real windows' figures."""
        real, _ = self._prepared()
        return hashlib.sha256(real.measured.levels.tobytes()).hexdigest()

    def evaluate(self, waveforms: Tensor) -> MetricResult:
        """Figures of waveforms ``[N, channels, window_length]`` less those of real windows, with intervals.

        Windows without sound are left out and counted in the protocol, which also holds the real windows' own figures.

        :raises DataError: fewer than ten waveforms with sound, or some that are not finite.
        """
        real, names = self._prepared()
        check_waveforms(waveforms)
        generated = _sounding(levels_by_window(waveforms, real.lines), "samples")
        above = figures_above(generated.levels, real.measured.levels)
        protocol = {
            "samples": len(generated.levels),
            "silent_samples": generated.silent,
            "seed": self.options.seed,
            **real.protocol,
            **bootstrap_protocol(self.options.resamples, self.options.seed),
        }
        figures = dict(zip(names, above.tolist(), strict=True))
        resamples, seed = self.options.resamples, self.options.seed
        if resamples == 0:
            return MetricResult(figures, {_NAME: protocol})
        intervals = intervals_above(generated.levels, real.measured.levels, resamples=resamples, seed=seed)
        return MetricResult(figures, {_NAME: protocol}, dict(zip(names, intervals, strict=True)))

    def _lines(self, dataset: Dataset) -> ArtifactLines:
        strides = self.options.strides or strides_of_length(dataset.window_length)
        return artifact_lines(strides, window_length=dataset.window_length)

    def _prepared(self) -> tuple[_RealSide, tuple[str, ...]]:
        if self._real is None or self._names is None:
            raise RuntimeError("prepare() has not been called")
        return self._real, self._names


def _sounding(levels: NDArray[np.float64], windows: str) -> _Measured:
    sounding = levels[np.isfinite(levels).all(axis=1)]
    silent = len(levels) - len(sounding)
    if len(sounding) < _FEWEST_WINDOWS:
        without = f", beside {silent} without any" if silent else ""
        raise DataError(
            f"metric '{_NAME}' needs at least {_FEWEST_WINDOWS} {windows} with sound, not {len(sounding)}{without}; "
            "raise their number, or see that they are not silent"
        )
    return _Measured(sounding, silent)
