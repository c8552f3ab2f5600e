"""What autograd's engine is about to compute, and what surrounds the call."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor
from torch.autograd import forward_ad

from audiogan.lstm.interface import Wanted

NO_BATCHES = (
    "the LSTM of audiogan cannot be vectorised: torch.func.vmap, jacrev, jacfwd and hessian, and is_grads_batched "
    "do not work; put what is mapped over into the batch, or loop over it, as jacrev(..., chunk_size=1) does"
)
"""What is said to those who map over the LSTM."""

_X, _FIRST_WEIGHT = 0, 3


def wanted(ctx: Any, *, inputs: slice, arguments: slice) -> Wanted:
    """Which of a node's gradients somebody asked for in the backward that runs now.

    ``ctx.needs_input_grad`` says what required a gradient when the node was made. In the step of a gradient penalty,
    which first asks for the gradient of the input alone, that is the weights too. The engine knows better, and answers
    the function that ``torch.autograd.graph.register_multi_grad_hook`` asks. It does not answer for leaves, which
    therefore must not be inputs; see :func:`away_from_leaves`.

    :param inputs: where x, h0, c0 and the weights stand among all inputs of the node.
    :param arguments: where they stand among those that are tensors.
    """
    will_execute = getattr(torch._C, "_will_engine_execute_node", None)
    if will_execute is None:
        needed = ctx.needs_input_grad[inputs]
    else:
        needed = [
            node is not None and (_is_leaf(node) or will_execute(node)) for node, _ in ctx.next_functions[arguments]
        ]
    return Wanted(x=needed[_X], weights=any(needed[_FIRST_WEIGHT:]))


def _is_leaf(node: Any) -> bool:
    # Inside torch.func, leaves of a surrounding level may be inputs all the same.
    return hasattr(node, "variable")


def away_from_leaves(tensor: Tensor) -> Tensor:
    """The tensor itself, or an alias if it is a leaf of autograd's graph that requires a gradient."""
    return tensor.view_as(tensor) if tensor.requires_grad and tensor.is_leaf else tensor


def transforming() -> bool:
    """Whether a transformation of ``torch.func``, or a level of forward-mode derivatives, surrounds the call."""
    active = getattr(torch._C, "_are_functorch_transforms_active", None)
    return active is None or active() or getattr(forward_ad, "_current_level", 0) >= 0


def refuse_batches(cotangents: Iterable[Tensor | None]) -> None:
    """Refuses what ``is_grads_batched`` hands to a node; it does not ask the node for a rule.

    :raises RuntimeError: one of the tensors is a batch of cotangents.
    """
    is_batch = getattr(torch._C._functorch, "is_legacy_batchedtensor", None)
    if is_batch is not None and any(is_batch(tensor) for tensor in cotangents if tensor is not None):
        raise RuntimeError(NO_BATCHES)
