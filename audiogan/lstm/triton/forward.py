"""The forward pass of one layer on the device."""

from __future__ import annotations

import triton
import triton.language as tl

from audiogan.lstm.triton.cell import (
    gate_offsets,
    joined,
    load_gates,
    pair_offsets,
    parted,
    product_by_gate,
    recurrent_weights,
    sigmoid,
    tanh,
)


@triton.jit(
    do_not_specialize=["steps", "batch", "plane"],
    do_not_specialize_on_alignment=["u"],
)
def forward_kernel(
    z: tl.tensor,
    states: tl.tensor,
    u: tl.tensor,
    steps: tl.tensor,
    batch: tl.tensor,
    plane: tl.tensor,
    hidden: tl.constexpr,
    padded: tl.constexpr,
    lanes: tl.constexpr,
    keep: tl.constexpr,
) -> None:
    """One sequence's states h and c, and its gates.

    :param z: W x + b ``[steps, batch, 4 hidden]``; the gates take its place if ``keep``.
    :param states: h and c ``[2, 1 + steps, batch, hidden]``, the initial ones given; ``plane`` is the first stride.
    :param u: the weights in the order of :func:`~audiogan.lstm.triton.cell.recurrent_weights`.
    """
    row = tl.program_id(0)
    weights = recurrent_weights(u, padded, lanes)
    unit = tl.arange(0, padded)
    inside = unit < hidden
    to_next_z = batch * (4 * hidden)
    to_next_state = batch * hidden
    reads = z + row * (4 * hidden) + unit
    writes = z + row * (4 * hidden) + gate_offsets(hidden, padded)
    states += row * hidden
    h = tl.load(states + unit, mask=inside, other=0.0)
    c = tl.load(states + plane + unit, mask=inside, other=0.0)
    state_writes = states + pair_offsets(plane, padded)

    # Memory answers later than a step takes, hence what a step reads is asked for two steps before.
    z_i, z_f, z_g, z_o = load_gates(reads, inside, hidden)
    reads += to_next_z
    next_i, next_f, next_g, next_o = load_gates(reads, inside & (steps > 1), hidden)
    for t in range(steps):
        reads += to_next_z
        after_i, after_f, after_g, after_o = load_gates(reads, inside & (t + 2 < steps), hidden)
        u_i, u_f, u_g, u_o = parted(product_by_gate(weights, h, padded, lanes))
        i = sigmoid(z_i + u_i)
        f = sigmoid(z_f + u_f)
        g = tanh(z_g + u_g)
        o = sigmoid(z_o + u_o)
        c = f * c + i * g
        h = o * tanh(c)
        if keep:
            tl.store(writes, joined(i, f, g, o), mask=inside[:, None, None])
            writes += to_next_z
        state_writes += to_next_state
        tl.store(state_writes, tl.join(h, c), mask=inside[:, None])
        z_i, z_f, z_g, z_o = next_i, next_f, next_g, next_o
        next_i, next_f, next_g, next_o = after_i, after_f, after_g, after_o
