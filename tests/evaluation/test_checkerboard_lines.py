"""Where the strides of a generator put lines."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogan import DataError
from audiogan.evaluation.checkerboard import PERIODS_NEEDED, artifact_lines, strides_of_length


def test_wavegans_strides_give_fractions_of_the_sample_rate() -> None:
    lines = artifact_lines((4,) * 5, window_length=16_384)
    assert (lines.period, lines.frame_length) == (1024, 4096)
    assert [len(bins) for bins in lines.bins] == [2, 6, 24, 96, 384]
    hertz = [bins * 16_000 / 4096 for bins in lines.bins]
    assert hertz[0].tolist() == [4000.0, 8000.0]
    assert hertz[1].tolist() == [1000.0, 2000.0, 3000.0, 5000.0, 6000.0, 7000.0]
    assert hertz[4][:4].tolist() == [15.625, 31.25, 46.875, 78.125]


def test_the_last_stride_makes_the_first_level() -> None:
    lines = artifact_lines((3, 5), window_length=240)
    assert [bins.tolist() for bins in lines.bins] == [[12, 24], [4, 8, 16, 20, 28]]
    lines = artifact_lines((5, 3), window_length=240)
    assert [bins.tolist() for bins in lines.bins] == [[20], [4, 8, 12, 16, 24, 28]]


@given(strides=st.lists(st.integers(2, 6), min_size=1, max_size=4), extra=st.integers(0, 5000))
@settings(max_examples=60, deadline=None)
def test_levels_share_out_every_multiple_of_the_lowest_line(strides: list[int], extra: int) -> None:
    period = prod(strides)
    lines = artifact_lines(strides, window_length=PERIODS_NEEDED * period + extra)
    assert lines.frame_length == 4 * period
    spacing = 4
    together = np.concatenate(lines.bins)
    assert sorted(together.tolist()) == list(range(spacing, lines.frame_length // 2 + 1, spacing))
    finer = 1
    for stride, bins in zip(reversed(strides), lines.bins, strict=True):
        finer *= stride
        assert not (bins * finer % lines.frame_length).any()


def test_windows_that_are_too_short_are_refused_with_the_length_needed() -> None:
    with pytest.raises(DataError, match=r"strides \[4, 4, 4\] repeat every 64 .* at least 768 samples, not 767"):
        artifact_lines((4, 4, 4), window_length=767)
    assert artifact_lines((4, 4, 4), window_length=768).frame_length == 256


@pytest.mark.parametrize("strides", [(), (4, 1), (4, 0), (-4,)])
def test_strides_that_lengthen_nothing_are_refused(strides: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="at least 2"):
        artifact_lines(strides, window_length=10_000)


@pytest.mark.parametrize("window_length", [64, 100, 1000, 8192, 10_000, 12_345, 22_050, 32_768, 48_000, 65_535])
def test_windows_of_any_length_that_wavegan_makes_have_lines(window_length: int) -> None:
    lines = artifact_lines(strides_of_length(window_length), window_length=window_length)
    assert 3 * lines.frame_length <= window_length


def test_strides_follow_the_layer_plan() -> None:
    assert strides_of_length(16_384) == (4, 4, 4, 4, 4)
    assert strides_of_length(32_768) == (4, 4, 4, 4, 4, 2)
    with pytest.raises(DataError, match=r"63 samples.*'strides'"):
        strides_of_length(63)
