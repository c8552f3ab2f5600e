"""Piano recordings with checkerboard artifacts put in on purpose, and with changes that are none."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache

import numpy as np
import scipy.signal
import torch
from numpy.typing import NDArray
from torch import Tensor

import audiogan
from audiogan.evaluation.checkerboard import ArtifactLines, artifact_lines, figures_above, levels_by_window
from audiogan.testing import waveform_data
from audiogan_bach.plan import standard_plan
from audiogan_bach.recording import record

SAMPLE_RATE, WINDOW_LENGTH = 16_000, 16_384
_TIME = torch.arange(WINDOW_LENGTH, dtype=torch.float64)
_REFERENCE, _JUDGED = (0, 4, 11, 14), (2, 5)
_UNTRAINED = 32


def lines() -> ArtifactLines:
    return artifact_lines((4, 4, 4, 4, 4), window_length=WINDOW_LENGTH)


@cache
def reference_levels() -> NDArray[np.float64]:
    """By window, of four renditions to train on."""
    train = standard_plan().train
    return levels_by_window(
        torch.cat([_windows(record(train[i], sample_rate=SAMPLE_RATE).samples) for i in _REFERENCE]), lines()
    )


@cache
def judged_windows() -> Tensor:
    """Of two renditions held out, in other keys."""
    return torch.cat([_windows(samples) for samples in _judged_recordings()])


def figures_above_reference(waveforms: Tensor) -> list[float]:
    """As metric ``checkerboard`` gives them against the reference."""
    levels = levels_by_window(waveforms, lines())
    sounding = levels[np.isfinite(levels).all(axis=1)]
    return [float(figure) for figure in figures_above(sounding, reference_levels())]


def without_artifacts() -> Iterator[tuple[str, Tensor]]:
    """What must not be taken for an artifact."""
    windows = judged_windows()
    noise = torch.randn(windows.shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    yield "held-out recordings", windows
    yield "40 dB softer", windows * 0.01
    yield "begun 777 samples later", torch.cat([_windows(samples[777:]) for samples in _judged_recordings()])
    for level in (-60, -40, -20):
        yield f"with white noise of {level} dBFS", windows + _amplitude(level) * noise
    yield "white noise alone", noise
    yield "with a tone of 1234.5 Hz, -20 dBFS", windows + _tone(1234.5, -20)


def with_tones() -> Iterator[tuple[str, Tensor]]:
    """Tones at the frequencies of the strides."""
    for level in (-80, -60, -40, -20):
        yield f"with a tone of 1000 Hz, {level} dBFS", judged_windows() + _tone(1000, level)
    for period in (4, 16, 256, 1024):
        comb = torch.zeros(WINDOW_LENGTH, dtype=torch.float64)
        comb[::period] = 0.01
        yield f"0.01 added to every {period}th sample", judged_windows() + comb


def in_a_part(period: int = 4) -> Iterator[tuple[str, Tensor]]:
    """An offset at every ``period``-th sample of white noise, in a part of each window, and of short sounds."""
    noise = 0.1 * torch.randn(judged_windows().shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    comb = 0.02 * (_TIME % period == 0)
    quarter = WINDOW_LENGTH // 4
    yield "white noise of -20 dBFS", noise
    yield "throughout", noise + comb
    for number, name in enumerate(("first", "second", "third", "last")):
        yield f"in the {name} quarter", noise + comb * (_TIME // quarter == number)
    for length in (quarter, quarter // 2):
        short = noise * (length > _TIME)
        yield f"{length:,} samples of noise, then zeros", short
        yield f"the same with the offset in these {length:,} samples", short + comb * (length > _TIME)


def with_images() -> Iterator[tuple[str, Tensor]]:
    """The sound's own images, by gains that differ by phase, and by upsampling from a quarter of the rate."""
    for percent in (0.1, 1, 10):
        yield f"every 4th sample {percent:g} % louder", _with_gain(judged_windows(), 4, 1 + percent / 100)
    for period in (16, 256):
        yield f"every {period}th sample 10 % louder", _with_gain(judged_windows(), period, 1.1)
    kernels = {
        "a Kaiser-windowed sinc, 90 dB": scipy.signal.firwin(
            513, 0.23, window=("kaiser", scipy.signal.kaiser_beta(90))
        ),
        "straight lines": np.bartlett(9)[1:-1] / 4,
        "repetition": np.full(4, 0.25),
        "nothing, zeros left in": np.full(1, 0.25),
    }
    for name, kernel in kernels.items():
        yield (
            f"from 4 kHz, interpolated by {name}",
            torch.cat([_windows(_upsampled(samples, kernel)) for samples in _judged_recordings()]),
        )


def of_untrained_generators() -> Iterator[tuple[str, Tensor]]:
    """WaveGAN's generator before the first step."""
    for upsample, words in (("zeros", "transposed convolutions"), ("nearest", "nearest upsampling")):
        for post_filter in (None, 512):
            torch.manual_seed(0)
            options = {"dim": 4, "upsample": upsample, "post_filter": post_filter}
            generator = audiogan.create("generator", "wavegan", options, data=waveform_data(WINDOW_LENGTH))
            with torch.no_grad():
                waveforms = generator(torch.rand(_UNTRAINED, 100) * 2 - 1)
            yield f"untrained, {words}{', post-filter' if post_filter else ''}", waveforms


@cache
def _judged_recordings() -> tuple[NDArray[np.float32], ...]:
    test = standard_plan().test
    return tuple(record(test[i], sample_rate=SAMPLE_RATE).samples for i in _JUDGED)


def _windows(samples: NDArray[np.floating]) -> Tensor:
    """``[N, 1, WINDOW_LENGTH]``, one after the other."""
    count = len(samples) // WINDOW_LENGTH
    return torch.from_numpy(np.array(samples[: count * WINDOW_LENGTH], dtype=np.float64)).view(count, 1, WINDOW_LENGTH)


def _upsampled(samples: NDArray[np.float32], kernel: NDArray[np.float64]) -> NDArray[np.float64]:
    quarter = scipy.signal.resample_poly(samples.astype(np.float64), 1, 4)
    return np.asarray(scipy.signal.upfirdn(4 * kernel, quarter, up=4))[: len(samples)]


def _with_gain(waveforms: Tensor, period: int, gain: float) -> Tensor:
    spoiled = waveforms.clone()
    spoiled[..., ::period] *= gain
    return spoiled


def _tone(frequency_hz: float, level_dbfs: float) -> Tensor:
    return _amplitude(level_dbfs) * torch.cos(2 * math.pi * frequency_hz / SAMPLE_RATE * _TIME + 0.3)


def _amplitude(level_dbfs: float) -> float:
    return float(10 ** (level_dbfs / 20))
