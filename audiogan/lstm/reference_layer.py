"""One LSTM layer and its two backward passes in plain torch: the equations, step by step, linear in T.

Names follow ``docs/lstm.md``: ``h`` and ``c`` are the states, ``*_bar`` cotangents of the first backward pass,
``*_dot`` tangents and ``*_tilde`` cotangents of the second. State buffers ``[T + 1, N, H]`` begin with the initial
state, so that ``[:-1]`` reads each step's state before and ``[1:]`` its state after.

Source: Hochreiter and Schmidhuber 1997, "Long short-term memory"; the tangent and its adjoint are derived in the docs.
"""

from __future__ import annotations

from typing import final

import torch
from attrs import frozen
from torch import Tensor
from torch.nn import functional as F

from audiogan.lstm.interface import LayerWeights


@final
@frozen(eq=False)
class Scan:
    """States ``h``, ``c`` ``[T + 1, N, H]`` and gates ``[T, N, 4H]`` of a layer."""

    h: Tensor
    c: Tensor
    gates: Tensor


@final
@frozen(eq=False)
class Reverse:
    """Cotangents of a layer: ``delta`` ``[T, N, 4H]`` of the sums before the gates, the others ``[T, N, H]``."""

    delta: Tensor
    h_bar: Tensor
    c_bar: Tensor


@final
@frozen(eq=False)
class Tangent:
    """Tangents of a layer: of the sums before the gates ``[T, N, 4H]``, and of the states ``[T + 1, N, H]``."""

    z_dot: Tensor
    h_dot: Tensor
    c_dot: Tensor


@final
@frozen(eq=False)
class Adjoint:
    """Cotangents in the second pass: of the sums before the gates ``[T, N, 4H]``, of the initial states ``[N, H]``."""

    z_tilde: Tensor
    h0_tilde: Tensor
    c0_tilde: Tensor


@final
@frozen(eq=False)
class _Factors:
    """The gates i, f, g, o, τ = tanh c, and their derivatives by what they are functions of, each ``[T, N, H]``."""

    i: Tensor
    f: Tensor
    g: Tensor
    o: Tensor
    tau: Tensor
    di: Tensor
    df: Tensor
    dg: Tensor
    do: Tensor
    dtau: Tensor


def infer(x: Tensor, h0: Tensor, c0: Tensor, weights: LayerWeights) -> tuple[Tensor, Tensor]:
    """The states ``h`` ``[T + 1, N, H]`` and the last ``c`` ``[N, H]``, storing no other."""
    cell = c0.clone()
    h, _ = _run(x, h0, [cell] * (len(x) + 1), weights)
    return h, cell


def scan(x: Tensor, h0: Tensor, c0: Tensor, weights: LayerWeights) -> Scan:
    """All states and gates of a layer that reads ``x`` ``[T, N, I]`` from the states ``[N, H]``."""
    c = _buffer(c0, len(x))
    h, gates = _run(x, h0, list(c), weights)
    return Scan(h, c, gates)


def reverse(y_bar: Tensor, hn_bar: Tensor, cn_bar: Tensor, weights: LayerWeights, run: Scan) -> tuple[Reverse, Tensor]:
    """The first backward pass, and the cotangents ``[2, N, H]`` of the initial states.

    h̄ = ȳ + Uᵀδ₊,  c̄ = h̄ o τ' + f₊ c̄₊,  δ = (c̄ g i', c̄ c₋ f', c̄ i g', h̄ τ o').
    """
    at = _factors(run)
    by_c = torch.stack([at.g * at.di, run.c[:-1] * at.df, at.i * at.dg], dim=2)
    by_h, h_to_c = at.tau * at.do, at.o * at.dtau
    delta, h_bar, c_bar = torch.empty_like(run.gates), torch.empty_like(at.i), torch.empty_like(at.i)
    from_h, from_c = hn_bar, cn_bar
    for t in reversed(range(len(y_bar))):
        torch.add(y_bar[t], from_h, out=h_bar[t])
        torch.addcmul(from_c, h_bar[t], h_to_c[t], out=c_bar[t])
        of_ifg, of_o = _split_output_gate(delta[t])
        torch.mul(by_c[t], c_bar[t].unsqueeze(1), out=of_ifg)
        torch.mul(by_h[t], h_bar[t], out=of_o)
        from_h, from_c = delta[t] @ weights.weight_hh, c_bar[t] * at.f[t]
    return Reverse(delta, h_bar, c_bar), torch.stack([from_h, from_c])


def tangent(
    v: Tensor, h0_dot: Tensor, c0_dot: Tensor, moved: LayerWeights | None, x: Tensor, weights: LayerWeights, run: Scan
) -> Tangent:
    """The tangent of the forward pass along the input ``v`` ``[T, N, I]``, the states and, if any, the weights.

    ż = W v + U ḣ₋ + V_W x + V_U h₋ + V_b,  ċ = f ċ₋ + f' ż_f c₋ + i' ż_i g + i g' ż_g,  ḣ = o' ż_o τ + o τ' ċ.
    """
    at = _factors(run)
    by_z = torch.stack([at.g * at.di, run.c[:-1] * at.df, at.i * at.dg], dim=2)
    by_z_o, c_to_h = at.tau * at.do, at.o * at.dtau
    z_dot = F.linear(v, weights.weight_ih)
    if moved is not None:
        z_dot += F.linear(x, moved.weight_ih, moved.bias) + F.linear(run.h[:-1], moved.weight_hh)
    h_dot, c_dot = _buffer(h0_dot, len(v)), _buffer(c0_dot, len(v))
    for t in range(len(v)):
        z_dot[t].addmm_(h_dot[t], weights.weight_hh.T)
        of_ifg, of_o = _split_output_gate(z_dot[t])
        torch.addcmul((by_z[t] * of_ifg).sum(1), at.f[t], c_dot[t], out=c_dot[t + 1])
        torch.addcmul(by_z_o[t] * of_o, c_to_h[t], c_dot[t + 1], out=h_dot[t + 1])
    return Tangent(z_dot, h_dot, c_dot)


def adjoint(
    h_tilde: Tensor, moved: LayerWeights | None, weights: LayerWeights, run: Scan, back: Reverse, along: Tangent
) -> Adjoint:
    """The backward pass of :func:`tangent`; ``h_tilde`` ``[T, N, H]`` is what the layer above sends down.

    h̃ = h̃_ext + Uᵀz̃₊ + V_Uᵀδ₊,  c̃ = f₊ c̃₊ + f'₊ ż_f₊ c̄₊ + h̃ o τ' + h̄ (o' ż_o τ' - 2 o τ τ̇)  with τ̇ = τ' ċ,
    z̃_i = i' [c̃ g + c̄ (g' ż_g + g (1-2i) ż_i)],  z̃_f = f' [c̃ c₋ + c̄ (ċ₋ + c₋ (1-2f) ż_f)],
    z̃_g = g' [c̃ i + c̄ (i' ż_i - 2 g i ż_g)],  z̃_o = o' [h̃ τ + h̄ (τ̇ + τ (1-2o) ż_o)].
    """
    at = _factors(run)
    c_before, c_dot_before = run.c[:-1], along.c_dot[:-1]
    z_i, z_f, z_g, z_o = along.z_dot.chunk(4, dim=2)
    tau_dot = at.dtau * along.c_dot[1:]
    # Each z̃ is a product with c̃ or h̃, which only the loop knows, and a term that is known for all steps at once.
    by_c = torch.stack([at.g * at.di, c_before * at.df, at.i * at.dg], dim=2)
    known_ifg = torch.stack(
        [
            at.di * back.c_bar * (at.dg * z_g + at.g * (1 - 2 * at.i) * z_i),
            at.df * back.c_bar * (c_dot_before + c_before * (1 - 2 * at.f) * z_f),
            at.dg * back.c_bar * (at.di * z_i - 2 * at.g * at.i * z_g),
        ],
        dim=2,
    )
    by_h, h_to_c = at.tau * at.do, at.o * at.dtau
    known_o = at.do * back.h_bar * (tau_dot + at.tau * (1 - 2 * at.o) * z_o)
    known_c = back.h_bar * (at.do * z_o * at.dtau - 2 * at.o * at.tau * tau_dot)
    known_c_before = at.df * z_f * back.c_bar
    z_tilde = torch.empty_like(along.z_dot)
    from_h, from_c = torch.zeros_like(h_tilde[0]), torch.zeros_like(h_tilde[0])
    for t in reversed(range(len(h_tilde))):
        h = h_tilde[t] + from_h
        c = torch.addcmul(from_c + known_c[t], h, h_to_c[t])
        of_ifg, of_o = _split_output_gate(z_tilde[t])
        torch.addcmul(known_ifg[t], by_c[t], c.unsqueeze(1), out=of_ifg)
        torch.addcmul(known_o[t], by_h[t], h, out=of_o)
        from_h = z_tilde[t] @ weights.weight_hh
        if moved is not None:
            from_h = from_h.addmm_(back.delta[t], moved.weight_hh)
        from_c = torch.addcmul(known_c_before[t], at.f[t], c)
    return Adjoint(z_tilde, from_h, from_c)


def _run(x: Tensor, h0: Tensor, cells: list[Tensor], weights: LayerWeights) -> tuple[Tensor, Tensor]:
    """States ``h`` and gates; each step reads a cell of the list and overwrites the next, which may be the same."""
    gates = F.linear(x, weights.weight_ih, weights.bias)
    h = _buffer(h0, len(x))
    for t in range(len(x)):
        i, f, g, o = gates[t].addmm_(h[t], weights.weight_hh.T).chunk(4, dim=1)
        i.sigmoid_()
        f.sigmoid_()
        g.tanh_()
        o.sigmoid_()
        torch.mul(f, cells[t], out=cells[t + 1]).addcmul_(i, g)
        torch.mul(o, cells[t + 1].tanh(), out=h[t + 1])
    return h, gates


def _buffer(initial: Tensor, steps: int) -> Tensor:
    """Room for ``steps`` states after the ``initial`` one ``[N, H]``."""
    buffer = initial.new_empty(steps + 1, *initial.shape)
    buffer[0] = initial
    return buffer


def _split_output_gate(gates: Tensor) -> tuple[Tensor, Tensor]:
    """Views of one step's ``[N, 4H]``: gates i, f and g as ``[N, 3, H]``, and o as ``[N, H]``."""
    by_gate = gates.view(len(gates), 4, gates.shape[1] // 4)
    return by_gate[:, :3], by_gate[:, 3]


def _factors(run: Scan) -> _Factors:
    i, f, g, o = run.gates.chunk(4, dim=2)
    tau = run.c[1:].tanh()
    return _Factors(i, f, g, o, tau, i * (1 - i), f * (1 - f), 1 - g * g, o * (1 - o), 1 - tau * tau)
