"""The LSTM as a part of autograd's graph: what is computed, what is kept, and how often it can be differentiated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

from audiogan.kernels.lstm import function
from audiogan.kernels.lstm.dispatch import load
from audiogan.kernels.lstm.function import lstm
from audiogan.kernels.lstm.interface import Arguments, Direction, Gradients, Implementation, Results, Saved, Wanted
from tests.kernels.lstm.problems import Place, Size, as_layers, loop, moved_to, places, random_arguments

functional: Any = torch.autograd.functional

SIZE = Size(steps=4, batch=3, inputs=2, hidden=3, layers=2)
PLACES = places()

place_by_place = pytest.mark.parametrize("place", PLACES, ids=str)


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


def problem(size: Size = SIZE, dtype: torch.dtype = torch.float64) -> list[Tensor]:
    return [tensor.requires_grad_() for tensor in random_arguments(size, dtype)]


def run(arguments: list[Tensor], size: Size = SIZE, implementation: str | None = None) -> tuple[Tensor, Tensor, Tensor]:
    x, h0, c0, *weights = arguments
    return lstm(x, h0, c0, as_layers(weights, size), implementation=implementation)


@pytest.mark.parametrize("place", [place for place in PLACES if place.dtype == torch.float64], ids=str)
@pytest.mark.parametrize(
    "size",
    [
        SIZE,
        Size(steps=1, batch=1, inputs=1, hidden=1, bias=False),
        Size(steps=3, batch=2, inputs=3, hidden=2, layers=3),
    ],
    ids=str,
)
def test_first_and_second_derivatives_agree_with_differences(place: Place, size: Size) -> None:
    arguments = [tensor.requires_grad_() for tensor in moved_to(random_arguments(size), place)]

    def apply(*tensors: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return run(list(tensors), size, place.name)

    assert torch.autograd.gradcheck(apply, arguments)
    assert torch.autograd.gradgradcheck(apply, arguments)


@place_by_place
@pytest.mark.parametrize("used", [[0], [1], [2], [0, 2]])
def test_results_can_be_used_one_without_the_other(place: Place, used: list[int]) -> None:
    arguments = [tensor.requires_grad_() for tensor in moved_to(random_arguments(SIZE), place)]
    solutions = []
    for results in (run(arguments, SIZE, place.name), loop(arguments, SIZE)):
        total = torch.stack([results[index].sin().sum() for index in used]).sum()
        gradients = torch.autograd.grad(total, arguments, create_graph=True)
        squares = torch.stack([gradient.square().sum() for gradient in gradients]).sum()
        solutions.append([*gradients, *torch.autograd.grad(squares, arguments)])
    for found, expected in zip(*solutions, strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4 if place.dtype == torch.float32 else 1e-9)


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


def test_every_gradient_is_computed_where_torch_cannot_tell_which_are_wanted(
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


def test_a_third_derivative_is_refused_in_words() -> None:
    arguments = problem()
    x = arguments[0]
    (first,) = torch.autograd.grad(run(arguments)[0].sum(), x, create_graph=True)
    (second,) = torch.autograd.grad(first.square().sum(), x, create_graph=True)
    with pytest.raises(RuntimeError, match="has first and second derivatives, and a third was asked for"):
        torch.autograd.grad(second.sum(), x)


@place_by_place
def test_a_graph_can_be_used_again(place: Place) -> None:
    arguments = [tensor.requires_grad_() for tensor in moved_to(random_arguments(SIZE), place)]
    output = run(arguments, SIZE, place.name)[0]
    once, twice = (torch.autograd.grad(output.sum(), arguments, retain_graph=True) for _ in range(2))
    tripled = torch.autograd.grad(3 * output.sum(), arguments, create_graph=True)
    for first, again, threefold in zip(once, twice, tripled, strict=True):
        torch.testing.assert_close(again, first)
        torch.testing.assert_close(threefold, 3 * first)
    total = torch.stack([gradient.sum() for gradient in tripled]).sum()
    second, repetition = (torch.autograd.grad(total, arguments, retain_graph=True) for _ in range(2))
    for tensor, repeated in zip(second, repetition, strict=True):
        torch.testing.assert_close(repeated, tensor)
    torch.autograd.grad(output.sum(), arguments)
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        torch.autograd.grad(output.sum(), arguments)


@place_by_place
def test_results_may_be_written_to(place: Place) -> None:
    arguments = [tensor.requires_grad_() for tensor in moved_to(random_arguments(SIZE), place)]
    solutions = []
    for results, write in (
        (run(arguments, SIZE, place.name), (Tensor.relu_, Tensor.sin_, Tensor.cos_)),
        (loop(arguments, SIZE), (Tensor.relu, Tensor.sin, Tensor.cos)),
    ):
        total = torch.stack([call(result).sum() for call, result in zip(write, results, strict=True)]).sum()
        solutions.append(torch.autograd.grad(total, arguments))
    for gradient, reference in zip(*solutions, strict=True):
        torch.testing.assert_close(gradient, reference, rtol=1e-4, atol=1e-5)


@place_by_place
def test_gradients_may_be_written_to_before_they_are_differentiated(place: Place) -> None:
    arguments = [tensor.requires_grad_() for tensor in moved_to(random_arguments(SIZE), place)]
    tripled, seconds = [], []
    for results, times in ((run(arguments, SIZE, place.name), Tensor.mul_), (loop(arguments, SIZE), Tensor.mul)):
        gradients = torch.autograd.grad(results[0].sin().sum(), arguments, create_graph=True)
        tripled.append([times(gradient, 3.0) for gradient in gradients])
        squares = torch.stack([gradient.square().sum() for gradient in tripled[-1]]).sum()
        seconds.append(torch.autograd.grad(squares, arguments))
    for found, expected in (tripled, seconds):
        for gradient, reference in zip(found, expected, strict=True):
            torch.testing.assert_close(gradient, reference, rtol=1e-4, atol=1e-4)


@place_by_place
@pytest.mark.parametrize("elsewhere", ["recomputed", "saved on the CPU"])
def test_what_is_saved_may_be_recomputed_or_kept_elsewhere(place: Place, elsewhere: str) -> None:
    arguments = [tensor.requires_grad_() for tensor in moved_to(random_arguments(SIZE), place)]

    def outputs() -> Tensor:
        return run(arguments, SIZE, place.name)[0]

    def recomputed() -> Tensor:
        output: Tensor = checkpoint(outputs, use_reentrant=False)
        return output

    def derivatives(outputs: Callable[[], Tensor]) -> list[Tensor]:
        gradients = torch.autograd.grad(outputs().sin().sum(), arguments, create_graph=True)
        squares = torch.stack([gradient.square().sum() for gradient in gradients]).sum()
        return [*gradients, *torch.autograd.grad(squares, arguments)]

    expected = derivatives(outputs)
    if elsewhere == "recomputed":
        found = derivatives(recomputed)
    else:
        with torch.autograd.graph.save_on_cpu():
            found = derivatives(outputs)
    for gradient, reference in zip(found, expected, strict=True):
        torch.testing.assert_close(gradient, reference)


@place_by_place
@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 1, 0)], ids=str)
def test_results_and_gradients_are_contiguous_as_torchs(place: Place, order: tuple[int, int, int]) -> None:
    x, *others = moved_to(random_arguments(SIZE), place)
    x = x.permute(order).contiguous().permute(order)
    # A view of each: the gradient of a leaf takes the leaf's strides, whatever the kernel gives.
    arguments = [tensor.requires_grad_() * 1 for tensor in (x, *others)]
    results = run(arguments, SIZE, place.name)
    gradients = torch.autograd.grad(results[0].sum(), arguments, create_graph=True)
    second = torch.autograd.grad(gradients[0].square().sum(), arguments)
    assert all(tensor.is_contiguous() for tensor in (*results, *gradients, *second))


@place_by_place
def test_zeros_without_memory_count_as_zeros(place: Place) -> None:
    arguments = [tensor.requires_grad_() for tensor in moved_to(random_arguments(SIZE), place)]
    x, *others = arguments
    nothing = torch._efficientzerotensor(x.shape, dtype=x.dtype, device=x.device)
    torch.testing.assert_close(run([nothing, *others], SIZE, place.name), run([x * 0, *others], SIZE, place.name))
    output = run(arguments, SIZE, place.name)[0]
    cotangent = torch._efficientzerotensor(output.shape, dtype=x.dtype, device=x.device)
    gradients = torch.autograd.grad(output, arguments, cotangent, create_graph=True)
    assert not any(gradient.any() for gradient in gradients)
    direction = torch._efficientzerotensor(x.shape, dtype=x.dtype, device=x.device)
    assert not any(gradient.any() for gradient in torch.autograd.grad(gradients[0], arguments, direction))


def test_sparse_inputs_are_refused_and_sparse_cotangents_taken() -> None:
    x, *others = problem()
    with pytest.raises(ValueError, match=r"layout torch\.sparse_coo; convert it with to_dense\(\)"):
        run([x.detach().to_sparse(), *others])
    output = run([x, *others])[0]
    cotangent = torch.randn_like(output)
    (expected,) = torch.autograd.grad(output, x, cotangent, retain_graph=True)
    torch.testing.assert_close(torch.autograd.grad(output, x, cotangent.to_sparse())[0], expected)


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


def test_tensors_without_numbers_have_shapes() -> None:
    arguments = [tensor.to("meta").requires_grad_() for tensor in random_arguments(SIZE)]
    results = run(arguments)
    assert [tuple(result.shape) for result in results] == [(4, 3, 3), (2, 3, 3), (2, 3, 3)]
    gradients = torch.autograd.grad(results[0].sum(), arguments)
    assert [gradient.shape for gradient in gradients] == [argument.shape for argument in arguments]


@place_by_place
def test_a_write_to_what_was_read_is_noticed(place: Place) -> None:
    arguments = [tensor.requires_grad_() for tensor in moved_to(random_arguments(SIZE), place)]
    output = run(arguments, SIZE, place.name)[0]
    with torch.no_grad():
        arguments[3].zero_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        torch.autograd.backward(output.sum())


@place_by_place
def test_saved_tensors_go_with_the_graph_while_the_output_stays(place: Place) -> None:
    arguments = [tensor.requires_grad_() for tensor in moved_to(random_arguments(SIZE), place)]
    output = run(arguments, SIZE, place.name)[0]
    node: Any = output.grad_fn
    assert len(node.saved_tensors) >= len(arguments)
    torch.autograd.backward(output.sum())
    with pytest.raises(RuntimeError, match="already been freed"):
        _ = node.saved_tensors


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


@pytest.mark.parametrize("place", [place for place in PLACES if place.dtype == torch.float32], ids=str)
def test_autocast_computes_in_the_weights_dtype(place: Place) -> None:
    x, *others = [tensor.requires_grad_() for tensor in moved_to(random_arguments(SIZE), place)]
    expected = torch.autograd.grad(run([x, *others], SIZE, place.name)[0].sum(), (x, *others))
    with torch.autocast(place.device.type, dtype=torch.bfloat16):
        output, hn, _ = run([x.bfloat16(), *others], SIZE, place.name)
        gradients = torch.autograd.grad(output.sum(), (x, *others))
    assert output.dtype == hn.dtype == torch.float32
    for gradient, reference in zip(gradients, expected, strict=True):
        torch.testing.assert_close(gradient, reference, rtol=0.02, atol=0.02)


def test_an_empty_batch_gives_empty_results_and_gradients_of_zero() -> None:
    arguments = problem(Size(steps=4, batch=0, inputs=2, hidden=3, layers=2))
    results = run(arguments)
    assert [tuple(result.shape) for result in results] == [(4, 0, 3), (2, 0, 3), (2, 0, 3)]
    torch.autograd.backward(results[0].sum())
    assert all(tensor.grad is not None and not tensor.grad.any() for tensor in arguments)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (lambda x, h0, w: (x[:, :2], h0, w), "h0 has shape \\(2, 3, 3\\) where \\(2, 2, 3\\) is needed"),
        (lambda x, h0, w: (x[..., :1], h0, w), "weight_ih of layer 0 has shape \\(12, 2\\) where \\(12, 1\\)"),
        (lambda x, h0, w: (x, h0.float(), w), "h0 is torch.float32 on cpu, and the input torch.float64 on cpu"),
        (lambda x, h0, w: (x.to("meta"), h0, w), "h0 is torch.float64 on cpu, and the input torch.float64 on meta"),
        (lambda x, h0, w: (x, h0, [*w[:5], w[5][:4]]), "bias of layer 1 has shape \\(4,\\) where \\(12,\\)"),
    ],
)
def test_misfits_are_refused(
    changed: Callable[[Tensor, Tensor, list[Tensor]], tuple[Tensor, Tensor, list[Tensor]]], message: str
) -> None:
    x, h0, c0, *weights = random_arguments(SIZE)
    x, h0, weights = changed(x, h0, weights)
    with pytest.raises(ValueError, match=message):
        run([x, h0, c0, *weights])


def test_a_sequence_without_steps_is_refused() -> None:
    x, *others = random_arguments(SIZE)
    with pytest.raises(RuntimeError, match="at least one step"):
        run([x[:0], *others])


def test_layers_with_and_without_bias_do_not_go_together() -> None:
    x, h0, c0, *weights = random_arguments(SIZE)
    layers = [*as_layers(weights, SIZE)[:1], *as_layers(weights[:2], Size(1, 1, 1, 1, bias=False))]
    with pytest.raises(ValueError, match="give all or none of them one"):
        lstm(x, h0, c0, layers)
