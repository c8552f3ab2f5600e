"""What the four scans share on the device: activations, products with the recurrent weights, and accesses to memory.

A program follows one sequence through all steps. It keeps the layer's recurrent weights in registers, as one tensor
``[4, padded / lanes, padded, lanes]``: gate q, element k of the vector that is multiplied (its second and fourth
dimensions), element j of the product. Neighbouring threads take the last dimension, then the last but one, and each
thread all of the rest: it so reads its share of the vector once for all its sums, and ``lanes`` neighbours add theirs
up. :func:`recurrent_weights` says what makes the compiler choose that layout.

Vectors of the cell are ``[padded]``, zero from ``hidden`` on.
"""

from __future__ import annotations

import triton
import triton.language as tl


@triton.jit
def sigmoid(x: tl.tensor) -> tl.tensor:
    """σ(x) = 1 / (1 + exp(-x))."""
    return 1 / (1 + tl.exp(-x))


@triton.jit
def tanh(x: tl.tensor) -> tl.tensor:
    """Tanh x: within 2 units in the last place of x in float32, of 1 in float64.

    1 - 2 / (1 + exp(2|x|)) loses all relative accuracy near zero; there an odd polynomial takes over, whose largest
    relative error, 5e-8 on [0, 0.6], is the least of its degree.
    """
    size = tl.abs(x)
    result = 1 - 2 / (1 + tl.exp(2 * size))
    if x.dtype == tl.float32:
        square = x * x
        series = -0.33332409 + square * (0.13310978 + square * (-0.05213824 + square * 0.01553089))
        result = tl.where(size < 0.6, size + size * square * series, result)
    return tl.where(x < 0, -result, result)


@triton.jit
def recurrent_weights(u: tl.tensor, padded: tl.constexpr, lanes: tl.constexpr) -> tl.tensor:
    """The weights ``[4, padded / lanes, padded, lanes]``, which lie in memory in this order.

    They are read as a matrix whose rows are contiguous. The compiler gives neighbouring threads neighbouring elements
    of a row, and no thread two of them while it knows of no alignment (``do_not_specialize_on_alignment``); the
    reshaping changes no thread's elements.
    """
    row = tl.arange(0, 4 * padded // lanes)[:, None]
    column = tl.arange(0, padded * lanes)[None, :]
    return tl.reshape(tl.load(u + row * (padded * lanes) + column), (4, padded // lanes, padded, lanes))


@triton.jit
def like(pattern: tl.tensor, vector: tl.tensor) -> tl.tensor:
    """The vector itself, which layouts are chosen for as for the pattern.

    What a step reads would else be worked on in the layout of memory, and exchanged between threads, with two barriers,
    wherever it meets a product. The condition always holds, and is gone once layouts have been chosen.
    """
    return tl.where((pattern == pattern) | (pattern != pattern), vector, pattern)


@triton.jit
def product_by_gate(u: tl.tensor, vector: tl.tensor, padded: tl.constexpr, lanes: tl.constexpr) -> tl.tensor:
    """Σ_k u_qk vector_k of every gate q, ``[padded, 2, 2]``."""
    spread = tl.reshape(vector, (1, padded // lanes, 1, lanes))
    sums = tl.sum(tl.sum(u * spread, axis=1), axis=2)
    return tl.permute(tl.reshape(sums, (2, 2, padded)), 2, 0, 1)


@triton.jit
def product_over_gates(u: tl.tensor, gates: tl.tensor, padded: tl.constexpr, lanes: tl.constexpr) -> tl.tensor:
    """Σ_qk u_qk gates_qk of gates ``[padded, 2, 2]``, ``[padded]``."""
    spread = tl.reshape(tl.permute(gates, 1, 2, 0), (4, padded // lanes, 1, lanes))
    return tl.sum(tl.sum(tl.sum(u * spread, axis=1), axis=0), axis=1)


@triton.jit
def joined(i: tl.tensor, f: tl.tensor, g: tl.tensor, o: tl.tensor) -> tl.tensor:
    """Four vectors as one tensor ``[padded, 2, 2]``, gate q at [q // 2, q % 2]: what is stored, or spread, at once."""
    return tl.join(tl.join(i, g), tl.join(f, o))


@triton.jit
def parted(gates: tl.tensor) -> tl.tensor:
    """The four vectors of :func:`joined`."""
    first, second = tl.split(gates)
    i, g = tl.split(first)
    f, o = tl.split(second)
    return i, f, g, o


@triton.jit
def load_gates(pointers: tl.tensor, mask: tl.tensor, hidden: tl.constexpr) -> tl.tensor:
    """Four vectors that lie hidden apart."""
    return (
        tl.load(pointers, mask=mask, other=0.0),
        tl.load(pointers + hidden, mask=mask, other=0.0),
        tl.load(pointers + 2 * hidden, mask=mask, other=0.0),
        tl.load(pointers + 3 * hidden, mask=mask, other=0.0),
    )


@triton.jit
def gate_offsets(hidden: tl.constexpr, padded: tl.constexpr) -> tl.tensor:
    """Where the elements of :func:`joined` lie among 4 hidden consecutive numbers."""
    pair = tl.arange(0, 2)
    gate = 2 * pair[None, :, None] + pair[None, None, :]
    return gate * hidden + tl.arange(0, padded)[:, None, None]


@triton.jit
def pair_offsets(distance: tl.tensor, padded: tl.constexpr) -> tl.tensor:
    """Where the elements of two joined vectors lie that are ``distance`` apart."""
    return tl.arange(0, 2)[None, :] * distance.to(tl.int64) + tl.arange(0, padded)[:, None]
