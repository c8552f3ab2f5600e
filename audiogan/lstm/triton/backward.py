"""The first backward pass of one layer on the device."""

from __future__ import annotations

import triton
import triton.language as tl

from audiogan.lstm.triton.cell import (
    gate_offsets,
    joined,
    like,
    load_gates,
    pair_offsets,
    product_over_gates,
    recurrent_weights,
    tanh,
)


@triton.jit(
    do_not_specialize=["steps", "batch", "y_step", "y_row", "y_unit", "bar_plane"],
    do_not_specialize_on_alignment=["u"],
)
def backward_kernel(
    gates: tl.tensor,
    c: tl.tensor,
    y_bar: tl.tensor,
    y_step: tl.tensor,
    y_row: tl.tensor,
    y_unit: tl.tensor,
    last: tl.tensor,
    u: tl.tensor,
    delta: tl.tensor,
    bars: tl.tensor,
    first: tl.tensor,
    steps: tl.tensor,
    batch: tl.tensor,
    bar_plane: tl.tensor,
    hidden: tl.constexpr,
    padded: tl.constexpr,
    lanes: tl.constexpr,
    keep: tl.constexpr,
) -> None:
    """h̄ = ȳ + Uᵀδ₊,  c̄ = h̄ o τ' + f₊ c̄₊,  δ = (c̄ g i', c̄ c₋ f', c̄ i g', h̄ τ o') of one sequence.

    :param gates: ``[steps, batch, 4 hidden]``.
    :param c: ``[1 + steps, batch, hidden]``.
    :param y_bar: ȳ ``[steps, batch, hidden]``, of the three strides that follow.
    :param last: what the final h and c receive ``[2, batch, hidden]``.
    :param u: the weights in the order of :func:`~audiogan.lstm.triton.cell.recurrent_weights`.
    :param delta: δ, as ``gates``.
    :param bars: h̄ and c̄ ``[2, steps, batch, hidden]`` if ``keep``; ``bar_plane`` is the first stride.
    :param first: what the initial h and c receive, as ``last``.
    """
    row = tl.program_id(0)
    weights = recurrent_weights(u, padded, lanes)
    unit = tl.arange(0, padded)
    inside = unit < hidden
    gate_step = batch * (4 * hidden)
    state_step = batch * hidden
    last_step = (steps - 1).to(tl.int64)
    gates += last_step * gate_step + row * (4 * hidden) + unit
    c += last_step * state_step + row * hidden + unit
    y_bar += last_step * y_step + row.to(tl.int64) * y_row + unit.to(tl.int64) * y_unit
    delta_writes = delta + last_step * gate_step + row * (4 * hidden) + gate_offsets(hidden, padded)
    bar_writes = bars + last_step * state_step + row * hidden + pair_offsets(bar_plane, padded)
    from_h = tl.load(last + row * hidden + unit, mask=inside, other=0.0)
    from_c = tl.load(last + state_step + row * hidden + unit, mask=inside, other=0.0)
    c_after = tl.load(c + state_step, mask=inside, other=0.0)

    # Memory answers later than a step takes, hence what a step reads is asked for two steps before.
    i, f, g, o = load_gates(gates, inside, hidden)
    c_before = tl.load(c, mask=inside, other=0.0)
    y = tl.load(y_bar, mask=inside, other=0.0)
    gates -= gate_step
    c -= state_step
    y_bar -= y_step
    there = inside & (steps > 1)
    next_i, next_f, next_g, next_o = load_gates(gates, there, hidden)
    next_c = tl.load(c, mask=there, other=0.0)
    next_y = tl.load(y_bar, mask=there, other=0.0)
    for s in range(steps):
        gates -= gate_step
        c -= state_step
        y_bar -= y_step
        there = inside & (s + 2 < steps)
        after_i, after_f, after_g, after_o = load_gates(gates, there, hidden)
        after_c = tl.load(c, mask=there, other=0.0)
        after_y = tl.load(y_bar, mask=there, other=0.0)

        i = like(from_h, i)
        f = like(from_h, f)
        g = like(from_h, g)
        o = like(from_h, o)
        c_before = like(from_h, c_before)
        tau = tanh(like(from_h, c_after))
        h_bar = y + from_h
        c_bar = from_c + h_bar * (o * (1 - tau * tau))
        deltas = joined(
            c_bar * (g * (i * (1 - i))),
            c_bar * (c_before * (f * (1 - f))),
            c_bar * (i * (1 - g * g)),
            h_bar * (tau * (o * (1 - o))),
        )
        from_h = product_over_gates(weights, deltas, padded, lanes)
        from_c = c_bar * f
        tl.store(delta_writes, deltas, mask=inside[:, None, None])
        delta_writes -= gate_step
        if keep:
            tl.store(bar_writes, tl.join(h_bar, c_bar), mask=inside[:, None])
            bar_writes -= state_step

        c_after = c_before
        i, f, g, o, c_before, y = next_i, next_f, next_g, next_o, next_c, next_y
        next_i, next_f, next_g, next_o, next_c, next_y = after_i, after_f, after_g, after_o, after_c, after_y
    tl.store(first + row * hidden + unit, from_h, mask=inside)
    tl.store(first + state_step + row * hidden + unit, from_c, mask=inside)
