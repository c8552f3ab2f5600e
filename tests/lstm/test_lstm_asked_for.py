"""Which passes a use of the LSTM runs, and what it asks of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch.nn import functional as F

from audiogan.lstm import function
from audiogan.lstm.dispatch import load
from audiogan.lstm.interface import Arguments, Direction, Gradients, Implementation, Results, Saved, Wanted
from tests.lstm.calls import SIZE, problem, run
from tests.lstm.problems import loop


class Recorder(Implementation):
    """The reference, and what it was asked for."""

    name = "recorder"

    def __init__(self) -> None:
        self.passes: list[str] = []

    def why_not(self, device: torch.device, dtype: torch.dtype) -> str | None:
        return None

    def forward(self, arguments: Arguments, *, save: bool) -> tuple[Results, Saved]:
        self.passes.append(f"forward {save=}")
        return load("reference").forward(arguments, save=save)

    def backward(
        self, cotangents: Results, arguments: Arguments, saved: Saved, *, wanted: Wanted, save: bool
    ) -> tuple[Gradients, Saved]:
        self.passes.append(f"backward x={wanted.x} weights={wanted.weights} {save=}")
        return load("reference").backward(cotangents, arguments, saved, wanted=wanted, save=save)

    def second_backward(
        self, direction: Direction, arguments: Arguments, saved: Saved, saved_by_backward: Saved, *, wanted: Wanted
    ) -> tuple[Results | None, Gradients]:
        asked = f"x={wanted.x} weights={wanted.weights} cotangents={wanted.cotangents}"
        self.passes.append(f"second {asked} moved={direction.weights is not None}")
        return load("reference").second_backward(direction, arguments, saved, saved_by_backward, wanted=wanted)


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    made = Recorder()
    monkeypatch.setattr(function, "choose", lambda device, dtype, name=None, hidden=None: made)
    return made


def test_a_penalty_computes_no_weight_gradients_that_nobody_asked_for(recorder: Recorder) -> None:
    arguments = problem()
    (gradient,) = torch.autograd.grad(run(arguments)[0].sum(), arguments[0], create_graph=True)
    torch.autograd.backward(gradient.square().sum(), inputs=arguments[3:])
    assert recorder.passes == [
        "forward save=True",
        "backward x=True weights=False save=True",
        "second x=False weights=True cotangents=False moved=False",
    ]


def test_a_penalty_through_a_convolution_runs_each_pass_once(recorder: Recorder) -> None:
    x, h0, c0, *weights = problem()
    outputs = run([x, h0, c0, *weights])[0].permute(1, 2, 0)
    kernel = torch.randn(1, SIZE.hidden, 2, dtype=torch.float64, requires_grad=True)
    scores = F.conv1d(outputs, kernel).sum()
    (gradient,) = torch.autograd.grad(scores, x, create_graph=True)
    torch.autograd.backward(gradient.square().sum(), inputs=[kernel, *weights])
    assert recorder.passes == [
        "forward save=True",
        "backward x=True weights=False save=True",
        "second x=False weights=True cotangents=True moved=False",
    ]
    assert all(weight.grad is not None and weight.grad.any() for weight in (kernel, *weights))


def test_every_gradient_is_computed_where_torch_cannot_say_which_are_wanted(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(torch._C, "_will_engine_execute_node")
    arguments = problem()
    (gradient,) = torch.autograd.grad(run(arguments)[0].sum(), arguments[0])
    assert recorder.passes == ["forward save=True", "backward x=True weights=True save=False"]
    torch.testing.assert_close(gradient, torch.autograd.grad(loop(arguments, SIZE)[0].sum(), arguments[0])[0])


def test_training_asks_for_weights_alone_and_saves_nothing_for_a_second_pass(recorder: Recorder) -> None:
    x, *others = problem()
    torch.autograd.backward(run([x.detach(), *others])[0].sum())
    assert recorder.passes == ["forward save=True", "backward x=False weights=True save=False"]


def test_frozen_weights_get_no_gradients(recorder: Recorder) -> None:
    x, *others = problem()
    torch.autograd.backward(run([x, *(tensor.detach() for tensor in others)])[0].sum())
    assert recorder.passes == ["forward save=True", "backward x=True weights=False save=False"]


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_inference_saves_nothing(recorder: Recorder, mode: Callable[[], torch.no_grad]) -> None:
    arguments = problem()
    with mode():
        output, _, _ = run(arguments)
    assert recorder.passes == ["forward save=False"]
    assert output.grad_fn is None
    torch.testing.assert_close(output, loop(arguments, SIZE)[0])


def test_without_anything_that_requires_a_gradient_nothing_is_saved(recorder: Recorder) -> None:
    assert not run([tensor.detach() for tensor in problem()])[0].requires_grad
    assert recorder.passes == ["forward save=False"]
