"""Random LSTMs, what autograd makes of the equations written out as a loop, and where implementations can be tested."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import product
from math import sqrt

import torch
from attrs import frozen
from torch import Tensor

from audiogan.lstm.dispatch import NAMES, reasons_against
from audiogan.lstm.interface import Arguments, Direction, Gradients, LayerWeights, Results, Wanted

RESULTS = 3

LESS_THAN_ALL = [Wanted(*choice) for choice in product((False, True), repeat=3) if not all(choice)]


@frozen
class Size:
    """Steps, batch, inputs, hidden units and layers of a problem."""

    steps: int
    batch: int
    inputs: int
    hidden: int
    layers: int = 1
    bias: bool = True

    def tolerance(self, dtype: torch.dtype) -> float:
        """The largest error to be expected of a number, relative to the largest of those it is computed from.

        In whatever order, a sum of n terms errs by more than λ √n u of them, u half a unit in the last place, with a
        probability of 2 n exp(-λ²/2) at most (Higham and Mary 2019, "A new approach to probabilistic rounding error
        analysis"), and at λ = 8 never. A number passes two products with the 4H sums before the gates and some thirty
        roundings of a cell in each layer, twice as many with what forget gates near one half carry on from steps before
        (1/2 + 1/4 + ...), and a weight's gradient the sum over steps and sequences.
        """
        roundings = 2 * self.layers * (8 * self.hidden + 32) + self.steps * self.batch
        return 8 * sqrt(roundings) * torch.finfo(dtype).eps / 2

    def __str__(self) -> str:
        return "T{0.steps}-N{0.batch}-I{0.inputs}-H{0.hidden}-L{0.layers}{1}".format(
            self, "" if self.bias else "-nobias"
        )


@frozen
class Place:
    """An implementation, and a device and a dtype in which it runs here."""

    name: str
    device: torch.device
    dtype: torch.dtype

    def __str__(self) -> str:
        return f"{self.name}-{self.device.type}-{str(self.dtype).removeprefix('torch.')}"


@frozen(eq=False)
class Solution:
    """An LSTM's results, gradients and second gradients, as flat lists of tensors."""

    arguments: list[Tensor]
    cotangents: list[Tensor]
    direction: list[Tensor]
    results: list[Tensor]
    gradients: list[Tensor]
    second_by_cotangents: list[Tensor]
    second_by_arguments: list[Tensor]


def places() -> list[Place]:
    """Everywhere that an implementation runs on this machine."""
    devices = [torch.device("cpu"), *([torch.device("cuda", 0)] if torch.cuda.is_available() else [])]
    return [
        Place(name, device, dtype)
        for device in devices
        for dtype in (torch.float32, torch.float64)
        for name in NAMES
        if reasons_against(device, dtype)[name] is None
    ]


def random_arguments(size: Size, dtype: torch.dtype = torch.float64) -> list[Tensor]:
    """x, h0, c0 and every layer's weights, of the scale that training gives them."""
    arguments = [
        torch.randn(size.steps, size.batch, size.inputs, dtype=dtype),
        0.5 * torch.randn(size.layers, size.batch, size.hidden, dtype=dtype),
        0.5 * torch.randn(size.layers, size.batch, size.hidden, dtype=dtype),
    ]
    for layer in range(size.layers):
        inputs = size.hidden if layer else size.inputs
        shapes = [(4 * size.hidden, inputs), (4 * size.hidden, size.hidden), *([(4 * size.hidden,)] * size.bias)]
        arguments += [torch.randn(shape, dtype=dtype) * size.hidden**-0.5 for shape in shapes]
    return arguments


def loop(arguments: Sequence[Tensor], size: Size) -> tuple[Tensor, Tensor, Tensor]:
    """The equations of an LSTM, written out; every derivative comes from autograd."""
    x, h0, c0, *weights = arguments
    per_layer = len(weights) // size.layers
    hn, cn = [], []
    for layer in range(size.layers):
        kernel, state_kernel, *bias = weights[layer * per_layer : (layer + 1) * per_layer]
        h, c = h0[layer], c0[layer]
        outputs = []
        for step in x.unbind(0):
            i, f, g, o = (step @ kernel.T + h @ state_kernel.T + sum(bias)).chunk(4, dim=1)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
            outputs.append(h)
        x = torch.stack(outputs)
        hn.append(h)
        cn.append(c)
    return x, torch.stack(hn), torch.stack(cn)


@cache
def solve(size: Size, *, move_weights: bool = True) -> Solution:
    """A random problem in float64, always the same, and its solution by autograd through :func:`loop`.

    Without ``move_weights`` the cotangents of the weights' gradients are zero and left out of ``direction``.
    """
    torch.manual_seed(0)
    arguments = [tensor.requires_grad_() for tensor in random_arguments(size)]
    results = loop(arguments, size)
    cotangents = [torch.randn_like(result).requires_grad_() for result in results]
    gradients = torch.autograd.grad(results, arguments, cotangents, create_graph=True)
    moved = gradients if move_weights else gradients[:RESULTS]
    direction = [torch.randn_like(gradient) for gradient in moved]
    second = torch.autograd.grad(moved, [*cotangents, *arguments], direction, materialize_grads=True)
    return Solution(
        arguments=detached(arguments),
        cotangents=detached(cotangents),
        direction=direction,
        results=detached(results),
        gradients=detached(gradients),
        second_by_cotangents=list(second[:RESULTS]),
        second_by_arguments=list(second[RESULTS:]),
    )


def detached(tensors: Iterable[Tensor]) -> list[Tensor]:
    """The tensors without their graph."""
    return [tensor.detach() for tensor in tensors]


def moved_to(tensors: Iterable[Tensor], place: Place) -> list[Tensor]:
    """Copies of the tensors in the place's dtype, on its device."""
    return [tensor.to(place.device, place.dtype, copy=True) for tensor in tensors]


def as_arguments(tensors: Sequence[Tensor], size: Size) -> Arguments:
    """x, h0, c0 and flat weights as an implementation takes them."""
    x, h0, c0, *weights = tensors
    return Arguments(x, h0, c0, as_layers(weights, size))


def as_direction(tensors: Sequence[Tensor], size: Size) -> Direction:
    """Cotangents of x, h0, c0 and, unless they are left out, flat weights."""
    x, h0, c0, *weights = tensors
    return Direction(x, h0, c0, as_layers(weights, size) or None)


def as_layers(weights: Sequence[Tensor], size: Size) -> tuple[LayerWeights, ...]:
    """Flat weights layer by layer."""
    per_layer = 3 if size.bias else 2
    return tuple(
        LayerWeights(weights[start], weights[start + 1], weights[start + 2] if size.bias else None)
        for start in range(0, len(weights), per_layer)
    )


def of_results(results: Results | None) -> list[Tensor]:
    """Output, hn and cn, if they are there."""
    return [] if results is None else [results.output, results.hn, results.cn]


def of_gradients(gradients: Gradients) -> list[Tensor]:
    """Gradients of x, h0, c0 and flat weights, as far as they are there."""
    tensors = [gradients.x, gradients.h0, gradients.c0]
    for layer in gradients.weights or ():
        tensors += [layer.weight_ih, layer.weight_hh, layer.bias]
    return [tensor for tensor in tensors if tensor is not None]


def assert_agree(found: Sequence[Tensor], expected: Sequence[Tensor], size: Size) -> None:
    """Each tensor has the expected shape, and errs by no more than rounding can, given what it is computed from.

    Tensors with three axes, such as the gradients of x, h0 and c0, are sums over the same cotangents, and may cancel to
    next to nothing where there is but one unit: rounding is measured by the largest of them. A weight's gradient, a sum
    over all steps and sequences, is measured by itself where it is larger.
    """
    largest = max((tensor.abs().max().item() for tensor in expected if tensor.ndim == 3), default=0.0)
    for index, (tensor, reference) in enumerate(zip(found, expected, strict=True)):
        assert tensor.shape == reference.shape, index
        error = (tensor.double().cpu() - reference).abs().max().item()
        scale = max(largest, 0.0 if reference.ndim == 3 else reference.abs().max().item())
        assert error <= size.tolerance(tensor.dtype) * scale, (index, error)
