"""Phase shuffle: values by hand, the distribution of shifts, gradients, and whose randomness it uses."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from audiogan_wavegan.phase_shuffle import PhaseShuffle, shift, shift_each


@pytest.mark.parametrize(
    ("samples", "shifted"),
    [
        (0, [0, 1, 2, 3, 4]),
        (1, [1, 0, 1, 2, 3]),
        (2, [2, 1, 0, 1, 2]),
        (4, [4, 3, 2, 1, 0]),
        (-1, [1, 2, 3, 4, 3]),
        (-2, [2, 3, 4, 3, 2]),
        (-4, [4, 3, 2, 1, 0]),
    ],
)
def test_shifts_by_hand(samples: int, shifted: list[int]) -> None:
    assert shift(torch.arange(5), samples).tolist() == shifted
    rows = torch.arange(5.0).expand(2, 3, 5)
    assert shift_each(rows, torch.tensor([samples, 0])).tolist() == [[shifted] * 3, [[0, 1, 2, 3, 4]] * 3]


@pytest.mark.parametrize("samples", range(-6, 7))
def test_shifting_is_numpys_reflect_padding_and_a_crop(samples: int) -> None:
    inputs = torch.randn(2, 3, 7)
    before, after = max(samples, 0), max(-samples, 0)
    padded = np.pad(inputs.numpy(), [(0, 0), (0, 0), (before, after)], mode="reflect")
    np.testing.assert_array_equal(shift(inputs, samples).numpy(), padded[..., after : after + 7])


@pytest.mark.parametrize("samples", [-2, 0, 3])
def test_gradients_of_shifts_agree_with_differences(samples: int) -> None:
    inputs = torch.randn(2, 2, 5, dtype=torch.float64, requires_grad=True)
    each = torch.tensor([samples, -samples])
    assert torch.autograd.gradcheck(lambda x: shift(x, samples) ** 2, (inputs,))
    assert torch.autograd.gradgradcheck(lambda x: shift(x, samples) ** 2, (inputs,))
    assert torch.autograd.gradgradcheck(lambda x: shift_each(x, each) ** 2, (inputs,))


def observed_shifts(layer: PhaseShuffle, inputs: torch.Tensor) -> list[int]:
    """What one call shifts each sample by, read off a ramp's middle."""
    middle = inputs.shape[-1] // 2
    return [int(middle - value) for value in layer(inputs)[:, 0, middle]]


def test_one_shift_a_call_is_shared_by_the_batch_and_uniform() -> None:
    layer, ramps = PhaseShuffle(2), torch.arange(9.0).expand(4, 2, 9)
    calls = [observed_shifts(layer, ramps) for _ in range(2000)]
    assert all(len(set(shifts)) == 1 for shifts in calls)
    counts = np.bincount([shifts[0] + 2 for shifts in calls], minlength=5)
    assert len(counts) == 5
    # Five standard deviations of a binomial count around 400.
    assert np.abs(counts - 400).max() < 5 * np.sqrt(2000 * 0.2 * 0.8)


def test_each_sample_draws_its_own_shift_where_asked() -> None:
    layer, ramps = PhaseShuffle(2, per_sample=True), torch.arange(9.0).expand(2000, 1, 9)
    counts = np.bincount(np.array(observed_shifts(layer, ramps)) + 2, minlength=5)
    assert len(counts) == 5
    assert np.abs(counts - 400).max() < 5 * np.sqrt(2000 * 0.2 * 0.8)


@pytest.mark.parametrize("per_sample", [False, True])
def test_shifts_come_from_the_global_random_state(per_sample: bool) -> None:
    layer, ramps = PhaseShuffle(3, per_sample=per_sample), torch.arange(9.0).expand(8, 1, 9)
    torch.manual_seed(5)
    first = [observed_shifts(layer, ramps) for _ in range(5)]
    torch.manual_seed(5)
    assert [observed_shifts(layer, ramps) for _ in range(5)] == first


def test_nothing_is_shifted_in_evaluation_or_at_radius_zero() -> None:
    inputs = torch.randn(2, 3, 9)
    state = torch.get_rng_state()
    assert PhaseShuffle(2).eval()(inputs) is inputs
    assert PhaseShuffle(0)(inputs) is inputs
    assert torch.equal(torch.get_rng_state(), state)
