"""The representation that leaves waveforms as they are."""

from __future__ import annotations

import torch

import audiogan
from audiogan.testing import waveform_data


def test_waveforms_pass_unchanged_and_overshoot_is_cut() -> None:
    waveform = audiogan.create("representation", "waveform", data=waveform_data(3, channels=2))
    samples = torch.tensor([[[0.5, -1.0, 1.0], [0.0, 0.25, -0.125]]])
    assert waveform.sample_shape == (2, 3)
    assert waveform.encode(samples) is samples
    assert torch.equal(waveform.decode(samples), samples)
    assert waveform.decode(samples * 2).tolist() == [[[1, -1, 1], [0, 0.5, -0.25]]]
    assert not waveform.state_dict()
