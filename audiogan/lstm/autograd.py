"""The three passes of an implementation as nodes of autograd's graph.

Each node's backward is the next node, so that a gradient can be differentiated again: :class:`LSTMFunction`, whose
backward is :class:`LSTMBackward`, whose backward is :class:`LSTMSecondBackward`, whose backward raises. What a pass
saves is an output of its node, marked as not differentiable, because only inputs and outputs are released with the
graph and understood by ``torch.func``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

import torch
from attrs import evolve
from torch import Tensor

from audiogan.lstm.autocast import without_autocast
from audiogan.lstm.engine import refuse_batches, transforming, wanted
from audiogan.lstm.flat import RESULTS, as_arguments, as_layers, materialized, parted, weight_gradients_in_a_row
from audiogan.lstm.interface import Direction, Implementation, Results, Wanted
from audiogan.lstm.memory import in_memory, without_base
from audiogan.lstm.reverse_mode import ReverseModeOnly, apply

_OPTIONS = 3
_OPTIONS_OF_BACKWARD = 5
"""How many inputs stand before the tensors."""


def record(
    implementation: Implementation, arguments: Sequence[Tensor], *, per_layer: int, save: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """Runs the forward pass and makes it a part of the graph; returns output, hn and cn.

    ``arguments`` are x, h0, c0 and ``per_layer`` weights for each layer, none of them a leaf of the graph (see
    :func:`audiogan.lstm.engine.away_from_leaves`). Without ``save`` the results cannot be differentiated.
    """
    if not save and not transforming():
        inferred: tuple[Tensor, Tensor, Tensor] = LSTMFunction.forward(implementation, save, per_layer, *arguments)
        return inferred
    output, hn, cn, *_ = apply(LSTMFunction, implementation, save, per_layer, *arguments)
    return output, hn, cn


@final
class LSTMFunction(ReverseModeOnly):
    """``implementation, save, weights_per_layer, x, h0, c0, *weights`` to ``output, hn, cn, *saved``."""

    @staticmethod
    def forward(implementation: Implementation, save: bool, per_layer: int, *arguments: Tensor) -> Any:
        """The forward pass; nothing follows the three results unless ``save``."""
        with without_autocast(arguments[0].device):
            given = as_arguments([in_memory(tensor) for tensor in arguments], per_layer)
            results, saved = implementation.forward(given, save=save)
        return *_handed_out(results.output, results.hn, results.cn), *saved

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Any, ...]) -> None:
        """Keeps the arguments and what the pass saved."""
        ctx.implementation, save, ctx.per_layer, *arguments = inputs
        saved = output[RESULTS:]
        ctx.mark_non_differentiable(*saved)
        ctx.set_materialize_grads(False)
        ctx.arguments = len(arguments)
        if save:
            ctx.save_for_backward(*arguments, *saved)

    @staticmethod
    def backward(ctx: Any, *cotangents: Tensor | None) -> Any:
        """The first backward pass, recorded if autograd records."""
        if _all_zero(cotangents):
            return (None,) * (_OPTIONS + ctx.arguments)
        refuse_batches(cotangents)
        # Reading them runs the hooks of checkpointing and of saving elsewhere, which answer only once.
        tensors = ctx.saved_tensors
        arguments, saved = tensors[: ctx.arguments], tensors[ctx.arguments :]
        x, h0, _ = arguments[:RESULTS]
        output_bar, hn_bar, cn_bar = cotangents[:RESULTS]
        gradients = apply(
            LSTMBackward,
            ctx.implementation,
            wanted(ctx, inputs=slice(_OPTIONS, None), arguments=slice(len(arguments))),
            torch.is_grad_enabled(),
            ctx.per_layer,
            len(arguments),
            h0.new_zeros(()).expand(*x.shape[:2], h0.shape[2]) if output_bar is None else output_bar,
            torch.zeros_like(h0) if hn_bar is None else hn_bar,
            torch.zeros_like(h0) if cn_bar is None else cn_bar,
            *arguments,
            *saved,
        )
        return *[None] * _OPTIONS, *gradients[: len(arguments)]


@final
class LSTMBackward(ReverseModeOnly):
    """``implementation, wanted, save, weights_per_layer, arguments, output_bar, hn_bar, cn_bar, *arguments, *saved``.

    Its outputs are gradients in the order of the arguments, None where not wanted, then what the pass saves.
    """

    @staticmethod
    def forward(
        implementation: Implementation, wanted: Wanted, save: bool, per_layer: int, count: int, *tensors: Tensor
    ) -> Any:
        """The first backward pass; ``count`` of the tensors are arguments."""
        cotangents, arguments, saved = parted([in_memory(tensor) for tensor in tensors], RESULTS, count)
        # A hook on saved tensors may bring back the same numbers in another order.
        saved = tuple(tensor.contiguous() for tensor in saved)
        with without_autocast(cotangents[0].device):
            gradients, saved_by_backward = implementation.backward(
                Results(*cotangents), as_arguments(arguments, per_layer), saved, wanted=wanted, save=save
            )
        weights = weight_gradients_in_a_row(gradients.weights, count - RESULTS)
        return *_handed_out(gradients.x, gradients.h0, gradients.c0, *weights), *saved_by_backward

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Any, ...]) -> None:
        """Keeps the arguments and what both passes saved."""
        ctx.implementation, _, save, ctx.per_layer, ctx.arguments, *tensors = inputs
        _, arguments, saved = parted(tensors, RESULTS, ctx.arguments)
        saved_by_backward = output[ctx.arguments :]
        ctx.mark_non_differentiable(*saved_by_backward)
        ctx.set_materialize_grads(False)
        ctx.saved = len(saved)
        if save:
            ctx.save_for_backward(*arguments, *saved, *saved_by_backward)

    @staticmethod
    def backward(ctx: Any, *cotangents: Tensor | None) -> Any:
        """The second backward pass."""
        if _all_zero(cotangents):
            return (None,) * (_OPTIONS_OF_BACKWARD + RESULTS + ctx.arguments + ctx.saved)
        refuse_batches(cotangents)
        arguments, saved, saved_by_backward = parted(ctx.saved_tensors, ctx.arguments, ctx.saved)
        count = len(arguments)
        direction = materialized(cotangents[:count], arguments)
        gradients = apply(
            LSTMSecondBackward,
            ctx.implementation,
            evolve(
                wanted(ctx, inputs=_slice(_OPTIONS_OF_BACKWARD + RESULTS, count), arguments=_slice(RESULTS, count)),
                cotangents=any(ctx.needs_input_grad[_slice(_OPTIONS_OF_BACKWARD, RESULTS)]),
            ),
            ctx.per_layer,
            (len(direction), count, len(saved)),
            *direction,
            *arguments,
            *saved,
            *saved_by_backward,
        )
        return *[None] * _OPTIONS_OF_BACKWARD, *gradients, *[None] * len(saved)


@final
class LSTMSecondBackward(ReverseModeOnly):
    """``implementation, wanted, weights_per_layer, counts, *direction, *arguments, *saved, *saved_by_backward``.

    ``counts`` are those of the first three groups. The outputs are gradients with respect to the three cotangents of
    the first backward pass and to the arguments, None where not wanted.
    """

    @staticmethod
    def forward(
        implementation: Implementation, wanted: Wanted, per_layer: int, counts: tuple[int, int, int], *tensors: Tensor
    ) -> Any:
        """The second backward pass."""
        of_direction, of_arguments, of_saved = counts
        given = [in_memory(tensor) for tensor in tensors]
        (x, h0, c0, *moved), arguments, rest = parted(given, of_direction, of_arguments)
        rest = tuple(tensor.contiguous() for tensor in rest)
        with without_autocast(x.device):
            results, gradients = implementation.second_backward(
                Direction(x, h0, c0, as_layers(moved, per_layer) or None),
                as_arguments(arguments, per_layer),
                rest[:of_saved],
                rest[of_saved:],
                wanted=wanted,
            )
        weights = weight_gradients_in_a_row(gradients.weights, of_arguments - RESULTS)
        tangents = (None,) * RESULTS if results is None else (results.output, results.hn, results.cn)
        return _handed_out(*tangents, gradients.x, gradients.h0, gradients.c0, *weights)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Any, ...]) -> None:
        """Keeps nothing: nothing can follow."""

    @staticmethod
    def backward(*_: Any) -> Any:
        """Raises: there is no third derivative.

        :raises RuntimeError: always.
        """
        raise RuntimeError(
            "the LSTM of audiogan has first and second derivatives, and a third was asked for; "
            "torch.nn.LSTM has more, see audiogan.nn.twice_differentiable"
        )


def _all_zero(cotangents: Sequence[Tensor | None]) -> bool:
    """Whether nothing reached the node: the engine visits it even when what follows it, such as a sum, is linear."""
    return all(cotangent is None for cotangent in cotangents)


def _handed_out(*tensors: Tensor | None) -> tuple[Tensor | None, ...]:
    return tuple(None if tensor is None else without_base(tensor) for tensor in tensors)


def _slice(start: int, length: int) -> slice:
    return slice(start, start + length)
