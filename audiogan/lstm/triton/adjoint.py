"""The adjoint of the tangent of one layer on the device: the second half of the second backward pass."""

from __future__ import annotations

import triton
import triton.language as tl

from audiogan.lstm.triton.cell import (
    gate_offsets,
    joined,
    like,
    load_gates,
    product_over_gates,
    recurrent_weights,
    tanh,
)


@triton.jit(
    do_not_specialize=["steps", "batch", "bar_plane", "h_step", "h_row", "h_unit"],
    do_not_specialize_on_alignment=["u"],
)
def adjoint_kernel(
    gates: tl.tensor,
    c: tl.tensor,
    bars: tl.tensor,
    z_dot: tl.tensor,
    c_dot: tl.tensor,
    h_external: tl.tensor,
    h_step: tl.tensor,
    h_row: tl.tensor,
    h_unit: tl.tensor,
    u: tl.tensor,
    first: tl.tensor,
    steps: tl.tensor,
    batch: tl.tensor,
    bar_plane: tl.tensor,
    hidden: tl.constexpr,
    padded: tl.constexpr,
    lanes: tl.constexpr,
) -> None:
    """Cotangents of one sequence; those of ż take its place.

    h̃ = h̃_ext + Uᵀz̃₊,  c̃ = f₊ c̃₊ + f'₊ ż_f₊ c̄₊ + h̃ o τ' + h̄ (o' ż_o τ' - 2 o τ τ̇)  with τ̇ = τ' ċ,
    z̃_i = i' [c̃ g + c̄ (g' ż_g + g (1-2i) ż_i)],  z̃_f = f' [c̃ c₋ + c̄ (ċ₋ + c₋ (1-2f) ż_f)],
    z̃_g = g' [c̃ i + c̄ (i' ż_i - 2 g i ż_g)],  z̃_o = o' [h̃ τ + h̄ (τ̇ + τ (1-2o) ż_o)].

    :param gates: ``[steps, batch, 4 hidden]``, as ``z_dot``.
    :param c: ``[1 + steps, batch, hidden]``, as ``c_dot``.
    :param bars: h̄ and c̄ ``[2, steps, batch, hidden]``; ``bar_plane`` is the first stride.
    :param h_external: h̃_ext ``[steps, batch, hidden]``, of the three strides that follow.
    :param u: the weights in the order of :func:`~audiogan.lstm.triton.cell.recurrent_weights`.
    :param first: what the initial h and c receive ``[2, batch, hidden]``.
    """
    row = tl.program_id(0)
    weights = recurrent_weights(u, padded, lanes)
    unit = tl.arange(0, padded)
    inside = unit < hidden
    gate_step = batch * (4 * hidden)
    state_step = batch * hidden
    last_step = (steps - 1).to(tl.int64)
    gates += last_step * gate_step + row * (4 * hidden) + unit
    z_reads = z_dot + last_step * gate_step + row * (4 * hidden) + unit
    z_writes = z_dot + last_step * gate_step + row * (4 * hidden) + gate_offsets(hidden, padded)
    state = last_step * state_step + row * hidden + unit
    c += state
    c_dot += state
    bars += state
    h_external += last_step * h_step + row.to(tl.int64) * h_row + unit.to(tl.int64) * h_unit
    c_after = tl.load(c + state_step, mask=inside, other=0.0)
    c_dot_after = tl.load(c_dot + state_step, mask=inside, other=0.0)

    # Memory answers later than a step takes, hence what a step reads is asked for in the step before.
    i, f, g, o = load_gates(gates, inside, hidden)
    z_i, z_f, z_g, z_o = load_gates(z_reads, inside, hidden)
    c_before = tl.load(c, mask=inside, other=0.0)
    c_dot_before = tl.load(c_dot, mask=inside, other=0.0)
    h_bar = tl.load(bars, mask=inside, other=0.0)
    c_bar = tl.load(bars + bar_plane, mask=inside, other=0.0)
    external = tl.load(h_external, mask=inside, other=0.0)
    from_h = tl.zeros_like(external)
    from_c = from_h
    for s in range(steps):
        gates -= gate_step
        z_reads -= gate_step
        c -= state_step
        c_dot -= state_step
        bars -= state_step
        h_external -= h_step
        there = inside & (s + 1 < steps)
        next_i, next_f, next_g, next_o = load_gates(gates, there, hidden)
        next_z_i, next_z_f, next_z_g, next_z_o = load_gates(z_reads, there, hidden)
        next_c = tl.load(c, mask=there, other=0.0)
        next_c_dot = tl.load(c_dot, mask=there, other=0.0)
        next_h_bar = tl.load(bars, mask=there, other=0.0)
        next_c_bar = tl.load(bars + bar_plane, mask=there, other=0.0)
        next_external = tl.load(h_external, mask=there, other=0.0)

        i = like(from_h, i)
        f = like(from_h, f)
        g = like(from_h, g)
        o = like(from_h, o)
        z_i = like(from_h, z_i)
        z_f = like(from_h, z_f)
        z_g = like(from_h, z_g)
        z_o = like(from_h, z_o)
        h_bar = like(from_h, h_bar)
        c_bar = like(from_h, c_bar)
        c_before = like(from_h, c_before)
        c_dot_before = like(from_h, c_dot_before)
        tau = tanh(like(from_h, c_after))
        d_tau = 1 - tau * tau
        tau_dot = d_tau * c_dot_after
        d_i = i * (1 - i)
        d_f = f * (1 - f)
        d_g = 1 - g * g
        d_o = o * (1 - o)
        h = external + from_h
        c_here = from_c + h * (o * d_tau) + h_bar * (d_o * z_o * d_tau - 2 * o * tau * tau_dot)
        z_tilde = joined(
            d_i * (c_here * g + c_bar * (d_g * z_g + g * (1 - 2 * i) * z_i)),
            d_f * (c_here * c_before + c_bar * (c_dot_before + c_before * (1 - 2 * f) * z_f)),
            d_g * (c_here * i + c_bar * (d_i * z_i - 2 * g * i * z_g)),
            d_o * (h * tau + h_bar * (tau_dot + tau * (1 - 2 * o) * z_o)),
        )
        from_h = product_over_gates(weights, z_tilde, padded, lanes)
        from_c = f * c_here + d_f * z_f * c_bar
        tl.store(z_writes, z_tilde, mask=inside[:, None, None])
        z_writes -= gate_step

        c_after, c_dot_after = c_before, c_dot_before
        i, f, g, o = next_i, next_f, next_g, next_o
        z_i, z_f, z_g, z_o = next_z_i, next_z_f, next_z_g, next_z_o
        c_before, c_dot_before = next_c, next_c_dot
        h_bar, c_bar, external = next_h_bar, next_c_bar, next_external
    tl.store(first + row * hidden + unit, from_h, mask=inside)
    tl.store(first + state_step + row * hidden + unit, from_c, mask=inside)
