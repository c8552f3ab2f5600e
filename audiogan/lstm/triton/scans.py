"""A stack of layers through persistent kernels: one launch a layer and scan, and large matrix products around it."""

from __future__ import annotations

from typing import final

import torch
from attrs import frozen
from torch import Tensor

from audiogan.lstm.interface import Arguments, Direction, Gradients, LayerWeights, Results, Saved, Wanted
from audiogan.lstm.triton import launch
from audiogan.lstm.triton.products import input_products, moved_products, weight_gradients


@final
@frozen
class PersistentScans:
    """The three passes of :class:`~audiogan.lstm.interface.Implementation` for small hidden sizes.

    Without gradients, a sequence is worked on in parts whose gates take up to ``part_bytes``: what one kernel writes
    may then still be in the cache, 50 MB on an H100, when the next one reads it.
    """

    part_bytes: int = 1 << 26

    def forward(self, arguments: Arguments, *, save: bool) -> tuple[Results, Saved]:
        """See :class:`~audiogan.lstm.triton.Triton` for what is kept."""
        return _forward_kept(arguments) if save else (_forward_in_parts(arguments, self.part_bytes), ())

    def backward(
        self, cotangents: Results, arguments: Arguments, saved: Saved, *, wanted: Wanted, save: bool
    ) -> tuple[Gradients, Saved]:
        """From the last layer to the first."""
        layers = list(zip(arguments.weights, saved[::2], saved[1::2], strict=True))
        first = arguments.h0.new_empty(2, *arguments.h0.shape)
        x_bar: Tensor | None = cotangents.output
        gradients: list[LayerWeights] = []
        kept: list[Tensor] = []
        for index, (weights, states, gates) in reversed(list(enumerate(layers))):
            assert x_bar is not None
            last = torch.stack([cotangents.hn[index], cotangents.cn[index]])
            delta, bars, first[:, index] = launch.backward(
                x_bar, last, weights.weight_hh, states, gates, keep_bars=save
            )
            if wanted.weights:
                x = _input_of(index, arguments, saved)
                gradients.append(weight_gradients(delta, x, states[0, :-1], bias=weights.bias is not None))
            x_bar = delta @ weights.weight_ih if index > 0 or wanted.x else None
            kept += [bars, delta] if save else []
        h0_bar, c0_bar = first
        return Gradients(x_bar, h0_bar, c0_bar, tuple(gradients[::-1]) if wanted.weights else None), tuple(kept[::-1])

    def second_backward(
        self, direction: Direction, arguments: Arguments, saved: Saved, saved_by_backward: Saved, *, wanted: Wanted
    ) -> tuple[Results | None, Gradients]:
        """The tangent from the first layer to the last, and its adjoint back."""
        moved: tuple[LayerWeights | None, ...] = direction.weights or (None,) * len(arguments.weights)
        along = _tangents(direction, moved, arguments, saved)
        output_dot = along[-1][1][0, 1:]
        hn_dot, cn_dot = torch.stack([states_dot[:, -1] for _, states_dot, _ in along], dim=1)
        first = arguments.h0.new_empty(2, *arguments.h0.shape)
        x_tilde: Tensor | None = arguments.x.new_zeros(()).expand_as(output_dot)
        gradients: list[LayerWeights] = []
        for index in reversed(range(len(along))):
            z_dot, states_dot, x_dot = along.pop()
            weights, change = arguments.weights[index], moved[index]
            states, gates = saved[2 * index : 2 * index + 2]
            delta, bars = saved_by_backward[2 * index : 2 * index + 2]
            assert x_tilde is not None
            if change is not None:
                from_next = delta @ change.weight_hh
                x_tilde = x_tilde.clone(memory_format=torch.contiguous_format)
                x_tilde[:-1] += from_next[1:]
            first[:, index] = launch.adjoint(x_tilde, weights.weight_hh, states, gates, bars, z_dot, states_dot)
            if change is not None:
                first[0, index] += from_next[0]
            if wanted.weights:
                x = _input_of(index, arguments, saved)
                of_values = weight_gradients(z_dot, x, states[0, :-1], bias=weights.bias is not None)
                of_tangents = weight_gradients(delta, x_dot, states_dot[0, :-1], bias=False)
                gradients.append(
                    LayerWeights(
                        of_values.weight_ih + of_tangents.weight_ih,
                        of_values.weight_hh + of_tangents.weight_hh,
                        of_values.bias,
                    )
                )
            x_tilde = z_dot @ weights.weight_ih if index > 0 or wanted.x else None
            if x_tilde is not None and change is not None:
                x_tilde += delta @ change.weight_ih
        h0_tilde, c0_tilde = first
        return (
            Results(output_dot, hn_dot, cn_dot) if wanted.cotangents else None,
            Gradients(x_tilde, h0_tilde, c0_tilde, tuple(gradients[::-1]) if wanted.weights else None),
        )


def _forward_kept(arguments: Arguments) -> tuple[Results, Saved]:
    """The results, and every layer's states and gates."""
    x, kept = arguments.x, []
    for index, weights in enumerate(arguments.weights):
        gates = input_products(x, weights.weight_ih, weights.bias)
        states = _states(arguments.h0[index], arguments.c0[index], len(x))
        launch.forward(gates, states, weights.weight_hh, keep_gates=True)
        kept += [states, gates]
        x = states[0, 1:]
    hn, cn = (torch.stack([states[part, -1] for states in kept[::2]]) for part in (0, 1))
    # Who writes into the output, as ReLU in place does, must not write into what is saved.
    return Results(x.clone(), hn, cn), tuple(kept)


def _forward_in_parts(arguments: Arguments, part_bytes: int) -> Results:
    """The results, with no more than a part of the sequence in memory besides."""
    steps, batch, _ = arguments.x.shape
    hidden = arguments.h0.shape[2]
    part = max(1, part_bytes // (4 * hidden * batch * arguments.x.element_size()))
    output = arguments.x.new_empty(steps, batch, hidden)
    hn, cn = arguments.h0.clone(), arguments.c0.clone()
    for start in range(0, steps, part):
        x = arguments.x[start : start + part]
        for index, weights in enumerate(arguments.weights):
            states = _states(hn[index], cn[index], len(x))
            z = input_products(x, weights.weight_ih, weights.bias)
            launch.forward(z, states, weights.weight_hh, keep_gates=False)
            hn[index], cn[index] = states[:, -1]
            x = states[0, 1:]
        output[start : start + part] = x
    return Results(output, hn, cn)


def _tangents(
    direction: Direction, moved: tuple[LayerWeights | None, ...], arguments: Arguments, saved: Saved
) -> list[tuple[Tensor, Tensor, Tensor]]:
    """Each layer's ż ``[T, N, 4H]``, tangents of states ``[2, 1 + T, N, H]``, and tangent of its input."""
    x_dot, along = direction.x, []
    for index, (weights, change) in enumerate(zip(arguments.weights, moved, strict=True)):
        states, gates = saved[2 * index : 2 * index + 2]
        z_dot = input_products(x_dot, weights.weight_ih, None)
        if change is not None:
            z_dot += moved_products(change, _input_of(index, arguments, saved), states[0, :-1])
        states_dot = _states(direction.h0[index], direction.c0[index], len(x_dot))
        launch.tangent(z_dot, states_dot, weights.weight_hh, states, gates)
        along.append((z_dot, states_dot, x_dot))
        x_dot = states_dot[0, 1:]
    return along


def _states(h0: Tensor, c0: Tensor, steps: int) -> Tensor:
    """Room for ``steps`` states after the given ones ``[N, H]``: ``[2, 1 + steps, N, H]``."""
    states = h0.new_empty(2, 1 + steps, *h0.shape)
    states[0, 0], states[1, 0] = h0, c0
    return states


def _input_of(index: int, arguments: Arguments, saved: Saved) -> Tensor:
    return arguments.x if index == 0 else saved[2 * (index - 1)][0, 1:]
