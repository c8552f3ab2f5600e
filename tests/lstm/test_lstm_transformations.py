"""The LSTM under ``torch.func`` and what else maps over or transforms functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.lstm.calls import SIZE, problem, run
from tests.lstm.problems import Size, loop

functional: Any = torch.autograd.functional

MAPPED: dict[str, tuple[Callable[[Callable[[Tensor], Tensor], Tensor], object], str]] = {
    "vmap": (lambda f, x: torch.func.vmap(f)(torch.stack([x, x])), "cannot be vectorised"),
    "jacrev": (lambda f, x: torch.func.jacrev(f)(x), "cannot be vectorised"),
    "is_grads_batched": (
        lambda f, x: functional.jacobian(f, x, vectorize=True),
        "cannot be vectorised",
    ),
    "jvp": (lambda f, x: torch.func.jvp(f, (x,), (x,)), "no forward-mode derivatives"),
    "jacfwd": (lambda f, x: torch.func.jacfwd(f)(x), "cannot be vectorised|no forward-mode derivatives"),
    "hessian": (lambda f, x: torch.func.hessian(f)(x), "cannot be vectorised|no forward-mode derivatives"),
}


@pytest.mark.parametrize("name", MAPPED)
@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")  # torch's own forward mode causes it
def test_what_cannot_be_mapped_or_pushed_forward_is_refused_in_words(name: str, frozen: bool) -> None:
    x, *others = problem()
    others = [tensor.detach() for tensor in others] if frozen else others
    call, message = MAPPED[name]
    with pytest.raises(RuntimeError, match=message):
        call(lambda x: run([x, *others])[0], x.detach())


def test_jacobians_come_one_row_at_a_time() -> None:
    x, *others = problem(Size(steps=2, batch=1, inputs=2, hidden=2))
    x = x.detach()
    one = Size(steps=2, batch=1, inputs=2, hidden=2)

    def apply(x: Tensor) -> Tensor:
        return run([x, *others], one)[0]

    expected = functional.jacobian(lambda x: loop([x, *others], one)[0], x)
    torch.testing.assert_close(torch.func.jacrev(apply, chunk_size=1)(x), expected)
    torch.testing.assert_close(functional.jacobian(apply, x), expected)


def test_functional_gradients_of_gradients_agree_with_autograds() -> None:
    x, *others = problem()

    def slope(x: Tensor) -> Tensor:
        gradient: Tensor = torch.func.grad(lambda x: run([x, *others])[0].sin().sum())(x)
        return gradient.square().sum()

    (gradient,) = torch.autograd.grad(run([x, *others])[0].sin().sum(), x, create_graph=True)
    (expected,) = torch.autograd.grad(gradient.square().sum(), x)
    torch.testing.assert_close(torch.func.grad(slope)(x.detach()), expected)
    output, pull, *_ = torch.func.vjp(lambda *weights: run([x.detach(), *others[:2], *weights])[0], *others[2:])
    torch.testing.assert_close(
        pull(torch.ones_like(output)), torch.autograd.grad(loop([x, *others], SIZE)[0].sum(), others[2:])
    )


def test_functional_gradients_leave_the_lstm_to_those_around_them() -> None:
    x, h0, c0, *weights = problem()

    def scaled(scale: Tensor, x: Tensor, weight: Tensor) -> Tensor:
        return scale * run([x, h0, c0, weight, *weights[1:]])[0].sin().sum()

    scale = torch.tensor(2.0, dtype=torch.float64)
    expected = torch.autograd.grad(run([x, h0, c0, *weights])[0].sin().sum(), (x, weights[0]))

    torch.func.grad(scaled)(scale, x, weights[0]).backward()
    torch.testing.assert_close((x.grad, weights[0].grad), expected)

    for argument, gradient in zip((1, 2), expected, strict=True):
        around = torch.func.grad(lambda *given: torch.func.grad(scaled)(scale, *given), argnums=argument - 1)
        torch.testing.assert_close(around(x.detach(), weights[0].detach()), gradient)
