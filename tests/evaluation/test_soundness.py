from __future__ import annotations

import pytest
import torch
from torch import Tensor

from audiogan.evaluation.soundness import Soundness, soundness


def _music(count: int, *, channels: int = 1, length: int = 2000, seed: int = 0) -> Tensor:
    rng = torch.Generator().manual_seed(seed)
    frequencies = torch.rand(count, channels, 1, generator=rng) * 0.3
    noise = torch.randn(count, channels, length, generator=rng) * 0.05
    return 0.5 * torch.sin(frequencies * torch.arange(length)) + noise


def test_different_music_has_nothing_to_be_counted() -> None:
    assert soundness(_music(300)) == Soundness(300, 0, 0, 0, 0)


def test_silence_is_a_matter_of_the_peak() -> None:
    waveforms = torch.zeros(4, 2, 8)
    waveforms[0, 1, 5] = 0.0009
    waveforms[1, 1, 5] = -0.002
    waveforms[2, 0, 0] = 0.5
    # the two silent ones are no duplicates of each other
    assert soundness(waveforms) == Soundness(4, silent=2, clipped=0, duplicates=0, near_duplicates=0)


@pytest.mark.parametrize(
    ("samples", "clipped"),
    [
        ([1.0, 1.0, 1.0], 1),
        ([1.0, 1.0, 0.5], 0),
        ([1.0, -1.0, 1.0], 1),
        ([32767 / 32768] * 3, 1),
        ([32760 / 32768] * 3, 0),
        ([1.0, 1.0, 0.9, 1.0], 0),
        ([-1.0, -1.0, -1.0], 1),
    ],
)
def test_three_samples_at_full_scale_in_a_row_are_clipping(samples: list[float], clipped: int) -> None:
    waveforms = _music(1, channels=2, length=50)
    waveforms[0, 1, 20 : 20 + len(samples)] = torch.tensor(samples)
    assert soundness(waveforms).clipped == clipped
    assert soundness(torch.full((1, 1, 2), 1.0)).clipped == 0


def test_copies_are_counted_once_each() -> None:
    waveforms = _music(10)
    repeated = torch.cat([waveforms, waveforms[:4], waveforms[:2]])
    assert soundness(repeated) == Soundness(16, 0, 0, duplicates=6, near_duplicates=0)


@pytest.mark.parametrize("level", [1e-6, 1e-4, 5e-3])
def test_copies_with_gain_and_a_little_noise_are_near_duplicates(level: float) -> None:
    waveforms = _music(200)
    noise = torch.randn(waveforms.shape, generator=torch.Generator().manual_seed(9))
    power = waveforms.square().mean(dim=(1, 2), keepdim=True).sqrt()
    copies = 0.3 * (waveforms + level * power * noise)
    found = soundness(torch.cat([waveforms, copies]))
    assert found.duplicates == 0
    assert 197 <= found.near_duplicates <= 200


def test_copies_of_16_bits_are_near_duplicates() -> None:
    waveforms = _music(200)
    found = soundness(torch.cat([waveforms, (waveforms * 32768).round() / 32768]))
    assert found.near_duplicates == 200


@pytest.mark.parametrize("level", [0.03, 0.3])
def test_more_noise_makes_another_sound(level: float) -> None:
    waveforms = _music(200)
    noise = torch.randn(waveforms.shape, generator=torch.Generator().manual_seed(9))
    found = soundness(torch.cat([waveforms, waveforms + level * noise]))
    assert (found.duplicates, found.near_duplicates) == (0, 0)


def test_the_same_tone_elsewhere_or_upside_down_is_another_sound() -> None:
    tone = _music(1, length=3000)[..., :2000]
    assert soundness(torch.cat([tone, -tone, tone.roll(7, dims=-1)])).near_duplicates == 0


def test_memory_layout_does_not_matter() -> None:
    waveforms = _music(6, channels=3).transpose(1, 2).contiguous().transpose(1, 2)
    assert not waveforms.is_contiguous()
    assert soundness(torch.cat([waveforms, waveforms[:2]])).duplicates == 2
    expanded = torch.ones(1, 1, 1).mul(0.5).expand(5, 1, 100)
    assert soundness(expanded).duplicates == 4


def test_no_waveforms_have_nothing_to_be_counted() -> None:
    assert soundness(torch.empty(0, 1, 100)) == Soundness(0, 0, 0, 0, 0)
