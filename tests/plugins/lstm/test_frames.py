"""Waveforms cut into frames."""

from __future__ import annotations

import pytest
import torch

import audiogan
from audiogan import SpecError
from audiogan_lstm.frames import check_frame_size, split_frames


def test_frames_follow_one_another_in_time() -> None:
    waveform = torch.arange(12.0).reshape(2, 1, 6)
    assert split_frames(waveform, 3).tolist() == [[[0, 1, 2], [6, 7, 8]], [[3, 4, 5], [9, 10, 11]]]


def test_channels_alternate_within_a_frame_as_a_reshape_of_channels_last_gives_them() -> None:
    waveform = torch.randn(2, 3, 8)
    channels_last = waveform.transpose(1, 2).reshape(2, 4, 6)
    assert torch.equal(split_frames(waveform, 2), channels_last.transpose(0, 1))
    assert torch.equal(
        split_frames(waveform.transpose(1, 2).contiguous().transpose(1, 2), 2), split_frames(waveform, 2)
    )


@pytest.mark.parametrize(
    ("frame_size", "length", "choice"), [(5, 16384, "4 or 8"), (7, 12, "6 or 12"), (20, 12, "12"), (3, 4, "2 or 4")]
)
def test_a_frame_size_that_leaves_a_rest_is_refused_with_its_neighbours(
    frame_size: int, length: int, choice: str
) -> None:
    with pytest.raises(SpecError) as raised:
        check_frame_size(frame_size, length, network="discriminator 'lstm'")
    assert str(raised.value) == (
        f"discriminator 'lstm': frame_size = {frame_size} does not divide the window of {length} samples; use {choice}"
    )


@pytest.mark.parametrize("name", ["lstm", "lstm-conv"])
def test_both_discriminators_check_their_frames(name: str) -> None:
    with pytest.raises(SpecError, match=f"discriminator '{name}': frame_size = 3 does not divide"):
        audiogan.create("discriminator", name, {"frame_size": 3}, sample_shape=(1, 64))
