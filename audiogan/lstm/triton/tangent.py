"""The tangent of the forward pass of one layer on the device."""

from __future__ import annotations

import triton
import triton.language as tl

from audiogan.lstm.triton.cell import (
    gate_offsets,
    joined,
    like,
    load_gates,
    pair_offsets,
    parted,
    product_by_gate,
    recurrent_weights,
    tanh,
)


@triton.jit(
    do_not_specialize=["steps", "batch", "plane"],
    do_not_specialize_on_alignment=["u"],
)
def tangent_kernel(
    z_dot: tl.tensor,
    states_dot: tl.tensor,
    gates: tl.tensor,
    c: tl.tensor,
    u: tl.tensor,
    steps: tl.tensor,
    batch: tl.tensor,
    plane: tl.tensor,
    hidden: tl.constexpr,
    padded: tl.constexpr,
    lanes: tl.constexpr,
) -> None:
    """ċ = f ċ₋ + f' ż_f c₋ + i' ż_i g + i g' ż_g,  ḣ = o' ż_o τ + o τ' ċ of one sequence, where ż gains U ḣ₋.

    :param z_dot: what ż is without U ḣ₋ ``[steps, batch, 4 hidden]``; ż takes its place.
    :param states_dot: ḣ and ċ ``[2, 1 + steps, batch, hidden]``, the initial ones given; ``plane`` is the first stride.
    :param u: the weights in the order of :func:`~audiogan.lstm.triton.cell.recurrent_weights`.
    :param gates: ``[steps, batch, 4 hidden]``.
    :param c: ``[1 + steps, batch, hidden]``.
    """
    row = tl.program_id(0)
    weights = recurrent_weights(u, padded, lanes)
    unit = tl.arange(0, padded)
    inside = unit < hidden
    gate_step = batch * (4 * hidden)
    state_step = batch * hidden
    z_reads = z_dot + row * (4 * hidden) + unit
    z_writes = z_dot + row * (4 * hidden) + gate_offsets(hidden, padded)
    gates += row * (4 * hidden) + unit
    states_dot += row * hidden
    c += row * hidden + unit
    h_dot = tl.load(states_dot + unit, mask=inside, other=0.0)
    c_dot = tl.load(states_dot + plane + unit, mask=inside, other=0.0)
    state_writes = states_dot + pair_offsets(plane, padded)
    c_before = tl.load(c, mask=inside, other=0.0)

    # Memory answers later than a step takes, hence what a step reads is asked for two steps before.
    z_i, z_f, z_g, z_o = load_gates(z_reads, inside, hidden)
    i, f, g, o = load_gates(gates, inside, hidden)
    c += state_step
    c_after = tl.load(c, mask=inside, other=0.0)
    z_reads += gate_step
    gates += gate_step
    c += state_step
    there = inside & (steps > 1)
    next_z_i, next_z_f, next_z_g, next_z_o = load_gates(z_reads, there, hidden)
    next_i, next_f, next_g, next_o = load_gates(gates, there, hidden)
    next_c = tl.load(c, mask=there, other=0.0)
    for t in range(steps):
        z_reads += gate_step
        gates += gate_step
        c += state_step
        there = inside & (t + 2 < steps)
        after_z_i, after_z_f, after_z_g, after_z_o = load_gates(z_reads, there, hidden)
        after_i, after_f, after_g, after_o = load_gates(gates, there, hidden)
        after_c = tl.load(c, mask=there, other=0.0)

        u_i, u_f, u_g, u_o = parted(product_by_gate(weights, h_dot, padded, lanes))
        z_i += u_i
        z_f += u_f
        z_g += u_g
        z_o += u_o
        i = like(h_dot, i)
        f = like(h_dot, f)
        g = like(h_dot, g)
        o = like(h_dot, o)
        c_before = like(h_dot, c_before)
        tau = tanh(like(h_dot, c_after))
        c_dot = f * c_dot + (c_before * (f * (1 - f))) * z_f + (g * (i * (1 - i))) * z_i + (i * (1 - g * g)) * z_g
        h_dot = (tau * (o * (1 - o))) * z_o + (o * (1 - tau * tau)) * c_dot
        tl.store(z_writes, joined(z_i, z_f, z_g, z_o), mask=inside[:, None, None])
        z_writes += gate_step
        state_writes += state_step
        tl.store(state_writes, tl.join(h_dot, c_dot), mask=inside[:, None])

        c_before, c_after, next_c = c_after, next_c, after_c
        z_i, z_f, z_g, z_o = next_z_i, next_z_f, next_z_g, next_z_o
        i, f, g, o = next_i, next_f, next_g, next_o
        next_z_i, next_z_f, next_z_g, next_z_o = after_z_i, after_z_f, after_z_g, after_z_o
        next_i, next_f, next_g, next_o = after_i, after_f, after_g, after_o
