"""What every implementation of the LSTM computes: three passes over plain tensors, without autograd.

One call runs a stack of L unidirectional layers over T steps, for N sequences, I inputs and H hidden units. Layer l
computes, for each step t and with h₋, c₋ the states of the step before it,

    z = W x + U h₋ + b,    (i, f, g, o) = (σ z_i, σ z_f, tanh z_g, σ z_o),    c = f c₋ + i g,    h = o tanh c,

where W, U, b are its :class:`LayerWeights` and x is the sequence h of the layer below it. ``docs/lstm.md`` derives the
two backward passes. What holds for all of them:

- T, N, I, H and L are at least 1. All tensors of a call share one device and one dtype, for which :meth:`why_not` gave
  None. Shapes have been checked.
- Tensors that are handed in may have any strides, zero included (a cotangent is often a broadcast scalar, a batch-first
  input a transposed view), need not be aligned to more than their dtype, and must not be written to. An
  implementation makes contiguous what it wants contiguous. Their memory holds their numbers: none is sparse, or
  negative or zero by a flag alone.
- Tensors that are handed out as results or gradients are contiguous, as those of ``torch.nn.LSTM`` are, and overlap
  with no other tensor: they may be written to.
- Passes run with gradients and autocast switched off. They may run in any thread, several at once.
- What one pass saves for a later one is a tuple of tensors, whose meaning is the implementation's own. It may be empty,
  is kept as long as autograd's graph, and may be used several times: a later pass must not write to it. It comes back
  contiguous. A tensor that was handed in is saved as ``tensor.detach()``, never as the same object.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, final

import torch
from attrs import frozen
from torch import Tensor

Saved = tuple[Tensor, ...]
"""What a pass keeps for a later one."""


@final
@frozen(eq=False)
class LayerWeights:
    """One layer's weights, or their gradients, or cotangents of those; gates follow one another as i, f, g, o.

    ``weight_ih`` is ``[4H, I]`` in the first layer and ``[4H, H]`` above it, ``weight_hh`` ``[4H, H]``, and ``bias``
    ``[4H]``, or None in every layer of a stack without biases, in gradients and cotangents as well.
    """

    weight_ih: Tensor
    weight_hh: Tensor
    bias: Tensor | None


@final
@frozen(eq=False)
class Arguments:
    """What an LSTM reads: input ``x`` ``[T, N, I]``, initial states ``h0``, ``c0`` ``[L, N, H]``, L layers' weights."""

    x: Tensor
    h0: Tensor
    c0: Tensor
    weights: tuple[LayerWeights, ...]


@final
@frozen(eq=False)
class Results:
    """The last layer's outputs ``[T, N, H]`` and all layers' final states ``[L, N, H]``, or cotangents of these."""

    output: Tensor
    hn: Tensor
    cn: Tensor


@final
@frozen(eq=False)
class Gradients:
    """Gradients with respect to :class:`Arguments`, of the same shapes; ``x`` or ``weights`` are None if not wanted."""

    x: Tensor | None
    h0: Tensor
    c0: Tensor
    weights: tuple[LayerWeights, ...] | None


@final
@frozen(eq=False)
class Direction:
    """Cotangents of :class:`Gradients`, of the same shapes; ``weights`` is None where all of theirs are zero.

    To the second backward pass they are a direction in which the arguments move: it follows the outputs along it.
    """

    x: Tensor
    h0: Tensor
    c0: Tensor
    weights: tuple[LayerWeights, ...] | None


@final
@frozen
class Wanted:
    """Which gradients a backward pass must return; those of the initial states always are.

    ``cotangents`` are those that the first pass was given, and are for the second alone.
    """

    x: bool = True
    weights: bool = True
    cotangents: bool = True


class Implementation(ABC):
    """One way of computing the three passes.

    The module ``audiogan.lstm.NAME`` holds it as ``IMPLEMENTATION`` and can be imported everywhere, whether or
    not what it needs is there.
    """

    name: ClassVar[str]

    largest_hidden: ClassVar[int | None] = None
    """The most hidden units that it computes; None if there is no such limit."""

    @abstractmethod
    def why_not(self, device: torch.device, dtype: torch.dtype) -> str | None:
        """None if it computes in ``dtype`` on ``device`` here, else the reason, such as "no compiled library found".

        The reason completes the sentence "implementation 'NAME' cannot be used: …" and is one line. Answers quickly
        after the first call, and raises nothing.
        """

    def variant(self) -> str | None:
        """Which of its forms computes here, such as a set of instructions, if it has several; asked where it runs."""
        return None

    def drawback(self) -> str | None:
        """Why it is slower here than it could be, in one line, or None; asked where it runs."""
        return None

    @abstractmethod
    def forward(self, arguments: Arguments, *, save: bool) -> tuple[Results, Saved]:
        """The results, and what :meth:`backward` needs; the latter is empty unless ``save``.

        Without ``save`` nothing of the size of the sequence is kept but ``output``.
        """

    @abstractmethod
    def backward(
        self, cotangents: Results, arguments: Arguments, saved: Saved, *, wanted: Wanted, save: bool
    ) -> tuple[Gradients, Saved]:
        """The gradients of ⟨cotangents, results⟩, and what :meth:`second_backward` needs beside ``saved``.

        ``arguments`` and ``saved`` are those of :meth:`forward`. The latter part is empty unless ``save``.
        """

    @abstractmethod
    def second_backward(
        self, direction: Direction, arguments: Arguments, saved: Saved, saved_by_backward: Saved, *, wanted: Wanted
    ) -> tuple[Results | None, Gradients]:
        """The gradients of ⟨direction, gradients⟩ with respect to :meth:`backward`'s cotangents and to the arguments.

        With respect to the cotangents, None if not wanted, that is the tangent of the results along ``direction``. The
        initial states' part of ``direction`` starts the tangent, ``weights`` adds V_W x + V_U h₋ + V_b to ż, and in the
        adjoint V_Wᵀδ and V_Uᵀδ to what x and h₋ receive, and Σ δ vᵀ and Σ δ ḣ₋ᵀ are part of the weights' gradients in
        every case.
        """
