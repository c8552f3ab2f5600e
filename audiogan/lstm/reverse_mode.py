"""Nodes of autograd's graph that have no rules for forward mode or for batches of themselves."""

from __future__ import annotations

from typing import Any

from torch.autograd import Function

from audiogan.lstm.engine import NO_BATCHES, transforming


class ReverseModeOnly(Function):
    """A node that refuses what it has no rule for in words of its own."""

    @staticmethod
    def vmap(*_: Any) -> Any:
        """Raises.

        :raises RuntimeError: always.
        """
        raise RuntimeError(NO_BATCHES)

    @staticmethod
    def jvp(*_: Any) -> Any:
        """Raises.

        :raises RuntimeError: always.
        """
        raise RuntimeError(
            "the LSTM of audiogan has no forward-mode derivatives: torch.func.jvp, jacfwd, hessian and "
            "torch.autograd.forward_ad do not work; use torch.func.grad or vjp, or torch.autograd.functional.jvp"
        )


def apply(function: Any, *inputs: Any) -> Any:
    """Calls a node's function and makes it a part of the graph."""
    # Function.apply itself is for torch.func, and studies the signature of ``forward`` in every call: 40 microseconds.
    call = function.apply if transforming() else super(Function, function).apply
    return call(*inputs)
