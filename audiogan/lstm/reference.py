"""The LSTM in plain torch: the implementation that a reader trusts, and that runs where nothing faster does."""

from __future__ import annotations

from typing import ClassVar, final

import torch
from torch import Tensor

from audiogan.lstm import reference_layer as layer
from audiogan.lstm.interface import (
    Arguments,
    Direction,
    Gradients,
    Implementation,
    LayerWeights,
    Results,
    Saved,
    Wanted,
)


@final
class Reference(Implementation):
    """Step by step, layer by layer, on any device and in any floating-point dtype; time and memory linear in T."""

    name: ClassVar[str] = "reference"

    def why_not(self, device: torch.device, dtype: torch.dtype) -> str | None:
        """None for every floating-point dtype."""
        return None if dtype.is_floating_point else f"{dtype} is no floating-point dtype"

    def forward(self, arguments: Arguments, *, save: bool) -> tuple[Results, Saved]:
        """Keeps the states and gates of every layer, 6 H numbers a layer, sequence and step."""
        x = arguments.x
        hn, cn, saved = [], [], []
        for index, weights in enumerate(arguments.weights):
            if save:
                run = layer.scan(x, arguments.h0[index], arguments.c0[index], weights)
                saved += [run.h, run.c, run.gates]
                h, last_cell = run.h, run.c[-1]
            else:
                h, last_cell = layer.infer(x, arguments.h0[index], arguments.c0[index], weights)
            x = h[1:]
            hn.append(h[-1])
            cn.append(last_cell)
        # Who writes into the output, as ReLU in place does, must not write into what is saved.
        return Results(x.clone() if save else x, torch.stack(hn), torch.stack(cn)), tuple(saved)

    def backward(
        self, cotangents: Results, arguments: Arguments, saved: Saved, *, wanted: Wanted, save: bool
    ) -> tuple[Gradients, Saved]:
        """Keeps the cotangents of every layer, 6 H numbers a layer, sequence and step."""
        runs = _scans(saved)
        x_bar: Tensor | None = cotangents.output
        states, weight_gradients, kept = [], [], []
        for index in reversed(range(len(runs))):
            weights, run = arguments.weights[index], runs[index]
            assert x_bar is not None
            back, initial = layer.reverse(x_bar, cotangents.hn[index], cotangents.cn[index], weights, run)
            states.append(initial)
            if wanted.weights:
                weight_gradients.append(
                    _weight_gradients(back.delta, _input_of(index, arguments, runs), run.h[:-1], weights)
                )
            x_bar = back.delta @ weights.weight_ih if index > 0 or wanted.x else None
            kept.append((back.delta, back.h_bar, back.c_bar))
        h0_bar, c0_bar = torch.stack(states[::-1], dim=1)
        return (
            Gradients(x_bar, h0_bar, c0_bar, tuple(weight_gradients[::-1]) if wanted.weights else None),
            tuple(tensor for tensors in kept[::-1] for tensor in tensors) if save else (),
        )

    def second_backward(
        self, direction: Direction, arguments: Arguments, saved: Saved, saved_by_backward: Saved, *, wanted: Wanted
    ) -> tuple[Results | None, Gradients]:
        """A tangent pass upwards through the layers, then its adjoint downwards."""
        runs, backs = _scans(saved), _reverses(saved_by_backward)
        moved: tuple[LayerWeights | None, ...] = direction.weights or (None,) * len(runs)
        v = direction.x
        alongs, inputs_dot = [], []
        for index, (weights, run) in enumerate(zip(arguments.weights, runs, strict=True)):
            along = layer.tangent(
                v,
                direction.h0[index],
                direction.c0[index],
                moved[index],
                _input_of(index, arguments, runs),
                weights,
                run,
            )
            inputs_dot.append(v)
            alongs.append(along)
            v = along.h_dot[1:]
        x_tilde: Tensor | None = torch.zeros_like(v)
        h0_tilde, c0_tilde, weight_gradients = [], [], []
        for index in reversed(range(len(runs))):
            weights, run, back, along = arguments.weights[index], runs[index], backs[index], alongs[index]
            assert x_tilde is not None
            adjoint = layer.adjoint(x_tilde, moved[index], weights, run, back, along)
            h0_tilde.append(adjoint.h0_tilde)
            c0_tilde.append(adjoint.c0_tilde)
            if wanted.weights:
                of_values = _weight_gradients(adjoint.z_tilde, _input_of(index, arguments, runs), run.h[:-1], weights)
                of_tangents = _weight_gradients(back.delta, inputs_dot[index], along.h_dot[:-1], weights)
                weight_gradients.append(
                    LayerWeights(
                        of_values.weight_ih + of_tangents.weight_ih,
                        of_values.weight_hh + of_tangents.weight_hh,
                        of_values.bias,
                    )
                )
            x_tilde = adjoint.z_tilde @ weights.weight_ih if index > 0 or wanted.x else None
            change = moved[index]
            if x_tilde is not None and change is not None:
                x_tilde += back.delta @ change.weight_ih
        hn_dot, cn_dot = torch.stack([a.h_dot[-1] for a in alongs]), torch.stack([a.c_dot[-1] for a in alongs])
        return (
            Results(v, hn_dot, cn_dot) if wanted.cotangents else None,
            Gradients(
                x_tilde,
                torch.stack(h0_tilde[::-1]),
                torch.stack(c0_tilde[::-1]),
                tuple(weight_gradients[::-1]) if wanted.weights else None,
            ),
        )


def _weight_gradients(z_cotangent: Tensor, x: Tensor, h_before: Tensor, weights: LayerWeights) -> LayerWeights:
    """Σ z̄ xᵀ, Σ z̄ h₋ᵀ and Σ z̄ over all steps and sequences."""
    by_row = z_cotangent.flatten(0, 1)
    return LayerWeights(
        by_row.T @ x.flatten(0, 1),
        by_row.T @ h_before.flatten(0, 1),
        None if weights.bias is None else by_row.sum(0),
    )


def _input_of(index: int, arguments: Arguments, runs: list[layer.Scan]) -> Tensor:
    return arguments.x if index == 0 else runs[index - 1].h[1:]


def _scans(saved: Saved) -> list[layer.Scan]:
    return [layer.Scan(*saved[start : start + 3]) for start in range(0, len(saved), 3)]


def _reverses(saved: Saved) -> list[layer.Reverse]:
    return [layer.Reverse(*saved[start : start + 3]) for start in range(0, len(saved), 3)]


IMPLEMENTATION = Reference()
