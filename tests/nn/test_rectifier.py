"""The rectifier without second derivatives."""

from __future__ import annotations

import torch

from audiogan.nn import relu


def test_values_and_slopes_are_those_of_torchs() -> None:
    x = torch.tensor([-torch.inf, -1.5, -0.0, 0.0, 1e-30, 2.0, torch.inf])
    for ours, theirs in zip(torch.func.vjp(relu, x), torch.func.vjp(torch.relu, x), strict=True):
        found, expected = (part if isinstance(part, torch.Tensor) else part(x + 3)[0] for part in (ours, theirs))
        torch.testing.assert_close(found, expected, rtol=0, atol=0)


def test_what_is_not_a_number_stays_so() -> None:
    assert relu(torch.tensor([torch.nan])).isnan().all()


def test_derivatives_agree_with_differences() -> None:
    x = torch.randn(3, 5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(relu, (x,))
    assert torch.autograd.gradgradcheck(relu, (x,))


def test_the_derivative_of_a_slope_reaches_nothing_below() -> None:
    below = torch.randn(4, requires_grad=True)
    weight = torch.randn(4, requires_grad=True)
    (slope,) = torch.autograd.grad((weight * relu(below)).sum(), below, create_graph=True)
    by_below, by_weight = torch.autograd.grad(slope.square().sum(), (below, weight), allow_unused=True)
    assert by_below is None
    torch.testing.assert_close(by_weight, 2 * weight * (below > 0))
