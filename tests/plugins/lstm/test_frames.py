"""Waveforms cut into frames."""

from __future__ import annotations

import pytest
import torch

import audiogan
from audiogan import LayerRow, SpecError
from audiogan.testing import waveform_data
from audiogan_lstm.frames import Framing, plan_frames


def test_frames_follow_one_another_in_time() -> None:
    waveform = torch.arange(12.0).reshape(2, 1, 6)
    assert Framing(6, 3, channels=1).split(waveform).tolist() == [[[0, 1, 2], [6, 7, 8]], [[3, 4, 5], [9, 10, 11]]]


def test_zeros_complete_the_last_frame_of_every_channel() -> None:
    waveform = torch.arange(1.0, 11.0).reshape(1, 2, 5)
    framing = Framing(5, 3, channels=2)
    assert framing.split(waveform).tolist() == [[[1, 6, 2, 7, 3, 8]], [[4, 9, 5, 10, 0, 0]]]
    assert (framing.steps, framing.width) == (2, 6)
    assert framing.layer_rows() == (
        LayerRow("input x or G(z)", (), (5, 2)),
        LayerRow("1 zeros at the end, reshape", (), (2, 6)),
    )


@pytest.mark.parametrize("frame_size", [1, 2, 3, 5, 7, 8])
def test_channels_alternate_within_a_frame_as_a_reshape_of_channels_last_gives_them(frame_size: int) -> None:
    waveform = torch.randn(2, 3, 8)
    framing = Framing(8, frame_size, channels=3)
    completed = torch.cat([waveform, torch.zeros(2, 3, framing.steps * frame_size - 8)], dim=2)
    channels_last = completed.transpose(1, 2).reshape(2, framing.steps, framing.width)
    assert torch.equal(framing.split(waveform), channels_last.transpose(0, 1))
    strided = waveform.transpose(1, 2).contiguous().transpose(1, 2)
    assert torch.equal(framing.split(strided), framing.split(waveform))


@pytest.mark.parametrize("name", ["lstm", "lstm-conv"])
def test_both_discriminators_refuse_frames_longer_than_a_window(name: str) -> None:
    assert plan_frames(64, 64, channels=1).steps == 1
    with pytest.raises(SpecError) as raised:
        audiogan.create("discriminator", name, {"frame_size": 65}, data=waveform_data(64))
    (problem,) = raised.value.problems
    assert (problem.file, problem.key, problem.value) == (f"discriminator '{name}'", "frame_size", "65")
    assert "at most 64" in problem.message
